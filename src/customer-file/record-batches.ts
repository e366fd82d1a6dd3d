import { byteWindows } from './byte-windows.js';
import { parseRecords } from './parse-records.js';
import type { Dialect, LocalBytes } from './plan.js';
import { feedWithinLimit, refuseOpenQuote } from './record-limits.js';
import { RecordScanner } from './record-scanner.js';

/** Consecutive records with the line number (from 1) at which each begins. */
export interface RecordBatch {
  readonly records: readonly (readonly string[])[];
  readonly lines: readonly number[];
  /** The upload's offset behind the last record. */
  readonly end: number;
}

interface ByteSpan {
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
}

/**
 * Reads a span of whole records in order, some hundred KB at a time. Throws `malformed_record` and `record_too_large`
 * as the split does, and the signal's reason once it is aborted.
 */
export async function* recordBatches(
  source: LocalBytes,
  span: ByteSpan,
  dialect: Dialect,
  signal?: AbortSignal,
): AsyncGenerator<RecordBatch> {
  const scanner = new RecordScanner(dialect.delimiter, span.start, span.firstLine);
  let carried = Buffer.alloc(0);
  let carriedFrom = span.start;
  let lines: number[] = [];
  let recordsEnd = span.start;
  const onRecord = (end: number, line: number): void => {
    recordsEnd = end;
    lines.push(line);
  };
  const takeBatch = (bytes: Buffer): RecordBatch => {
    const batch = { records: parse(bytes, dialect, lines.length), lines, end: recordsEnd };
    lines = [];
    return batch;
  };

  for await (const window of byteWindows(source, span.start, span.end, signal)) {
    feedWithinLimit(scanner, window.bytes, onRecord);
    const bytes = carried.length === 0 ? window.bytes : Buffer.concat([carried, window.bytes]);
    const whole = recordsEnd - carriedFrom;
    // The window's buffer is used again for the next one, so what is left over must be copied.
    carried = Buffer.from(bytes.subarray(whole));
    carriedFrom = recordsEnd;
    if (lines.length > 0) yield takeBatch(bytes.subarray(0, whole));
  }
  refuseOpenQuote(scanner);
  scanner.finish(onRecord);
  if (lines.length > 0) yield takeBatch(carried);
}

function parse(bytes: Buffer, dialect: Dialect, expected: number): string[][] {
  const records = parseRecords(bytes, dialect.encoding, dialect.delimiter);
  if (records.length !== expected) {
    throw new Error(`The scanner found ${expected} records where csv-parse found ${records.length}.`);
  }
  return records;
}
