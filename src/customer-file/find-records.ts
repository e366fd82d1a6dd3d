import { setImmediate } from 'node:timers/promises';
import { Checkpoints } from './checkpoints.js';
import { type EngineMemory, entryNumbers, newEngineMemory } from './engine-memory.js';
import type { EngineOptions } from './engine-progress.js';
import type { Dialect, LocalBytes } from './plan.js';
import { RecordScanner } from './record-scanner.js';
import { RowReader } from './row-table/row-reader.js';
import { type FillTable, openRowTable, ROW_LINE, ROW_START, tableNumbers } from './row-table/row-table.js';
import { type FoundRecords, scanRecords } from './scan-records.js';

/** What `scanRecords` finds, at the speed of memory where the machine allows it. `windowBytes` as in `RowReader`. */
export async function findRecords(
  bytes: LocalBytes,
  dialect: Dialect,
  options: EngineOptions = {},
  windowBytes?: number,
): Promise<FoundRecords> {
  const engine = newEngineMemory(0);
  const fill = openRowTable(engine, dialect.delimiter, []);
  if (fill === null) return scanRecords(bytes, dialect, options);
  const reader = openReader(engine, fill, bytes, dialect, windowBytes);
  try {
    return await readRecords(reader, engine, dialect, options);
  } finally {
    reader.close();
  }
}

function openReader(
  engine: EngineMemory,
  fill: FillTable,
  bytes: LocalBytes,
  dialect: Dialect,
  windowBytes: number | undefined,
): RowReader {
  const end = bytes.firstByte + bytes.length;
  const span = {
    start: Math.min(dialect.firstRowOffset, end),
    end,
    firstLine: dialect.firstRowLine,
  };
  return new RowReader(engine, fill, bytes, span, dialect.delimiter, windowBytes);
}

async function readRecords(
  reader: RowReader,
  engine: EngineMemory,
  dialect: Dialect,
  { signal, onProgress }: EngineOptions,
): Promise<FoundRecords> {
  const table = tableNumbers(engine, 0);
  const stride = entryNumbers(0);
  const input = Buffer.from(engine.memory.buffer);
  const checkpoints = new Checkpoints(dialect.firstRowOffset, dialect.firstRowLine);
  const textProbe = new RecordScanner(dialect.delimiter, dialect.firstRowOffset, dialect.firstRowLine);
  let windows = reader.windows;

  for (let rows = reader.next(); rows > 0; rows = reader.next()) {
    if (!textProbe.sawText) {
      const end = reader.restOffset - reader.base;
      textProbe.feed(input.subarray(table[ROW_START], end), () => undefined);
    }
    const { base, line } = reader;
    checkpoints.addRows(
      rows,
      (n) => (n === rows ? reader.restOffset : base + (table[n * stride + ROW_START] ?? 0)),
      (n) => (n === rows ? reader.restLine : line + (table[n * stride + ROW_LINE] ?? 0)),
    );
    if (reader.windows === windows) continue;
    windows = reader.windows;
    onProgress?.({ bytesRead: reader.restOffset, rowsRead: checkpoints.rows });
    await setImmediate();
    signal?.throwIfAborted();
  }
  onProgress?.({ bytesRead: reader.restOffset, rowsRead: checkpoints.rows });
  return { checkpoints, sawText: textProbe.sawText };
}
