import { byteWindows } from './byte-windows.js';
import { Checkpoints, type CheckpointTable } from './checkpoints.js';
import type { EngineOptions } from './engine-progress.js';
import type { Dialect, LocalBytes } from './plan.js';
import { feedWithinLimit, refuseOpenQuote } from './record-limits.js';
import { RecordScanner } from './record-scanner.js';

/** The records of an upload, with the places between them where a part may begin. */
export interface FoundRecords {
  readonly checkpoints: CheckpointTable;
  /** Line number behind the last record. */
  readonly endLine: number;
  /** Whether any byte was more than white space, a delimiter or a quotation mark. */
  readonly sawText: boolean;
}

/**
 * Finds the records byte by byte, with the scanner that defines what a record is: where WebAssembly's SIMD instructions
 * are missing, and to prove `findRecords` by. Throws `malformed_record`, `record_too_large` and the signal's reason.
 */
export async function scanRecords(
  bytes: LocalBytes,
  dialect: Dialect,
  options: EngineOptions = {},
): Promise<FoundRecords> {
  const start = dialect.firstRowOffset;
  const end = bytes.firstByte + bytes.length;
  const scanner = new RecordScanner(dialect.delimiter, start, dialect.firstRowLine);
  const checkpoints = new Checkpoints(start, dialect.firstRowLine);
  const onRecord = (recordEnd: number): void => checkpoints.addRow(recordEnd, scanner.line);

  for await (const window of byteWindows(bytes, Math.min(start, end), end, options.signal)) {
    feedWithinLimit(scanner, window.bytes, onRecord);
    options.onProgress?.({ bytesRead: scanner.offset, rowsRead: checkpoints.rows });
  }
  refuseOpenQuote(scanner);
  scanner.finish(onRecord);
  return { checkpoints: checkpoints.toTable(), endLine: scanner.line, sawText: scanner.sawText };
}
