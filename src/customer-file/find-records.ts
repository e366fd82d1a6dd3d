import { setImmediate } from 'node:timers/promises';
import { Checkpoints } from './checkpoints.js';
import { giveEngineMemoryBack, takeEngineMemory } from './engine-memory.js';
import type { EngineOptions } from './engine-progress.js';
import type { Dialect, LocalBytes } from './plan.js';
import { RecordScanner } from './record-scanner.js';
import { openRecordMarks } from './row-table/record-marks.js';
import { RowReader } from './row-table/row-reader.js';
import { type FoundRecords, scanRecords } from './scan-records.js';

/** What `scanRecords` finds, at the speed of memory where the machine allows it. `windowBytes` as in `RowReader`. */
export async function findRecords(
  bytes: LocalBytes,
  dialect: Dialect,
  options: EngineOptions = {},
  windowBytes?: number,
): Promise<FoundRecords> {
  const { delimiter, firstRowOffset, firstRowLine } = dialect;
  const { signal, onProgress } = options;
  const engine = takeEngineMemory(0, 0);
  const checkpoints = new Checkpoints(firstRowOffset, firstRowLine);
  const marks = openRecordMarks(engine, delimiter, checkpoints);
  if (marks === null) return scanRecords(bytes, dialect, options);

  const end = bytes.firstByte + bytes.length;
  const span = { start: Math.min(firstRowOffset, end), end, firstLine: firstRowLine };
  const reader = new RowReader(engine, marks.fill, bytes, span, delimiter, windowBytes);
  try {
    const input = Buffer.from(engine.memory.buffer);
    const textProbe = new RecordScanner(delimiter, firstRowOffset, firstRowLine);
    let windows = 0;
    for (let rows = reader.next(); rows > 0; rows = reader.next()) {
      const { base, line, restOffset } = reader;
      if (!textProbe.sawText) {
        textProbe.feed(input.subarray(textProbe.offset - base, restOffset - base), () => undefined);
      }
      marks.addRows(rows, base, line);
      if (reader.windows === windows) continue;
      windows = reader.windows;
      onProgress?.({ bytesRead: restOffset, rowsRead: checkpoints.rows });
      await setImmediate();
      signal?.throwIfAborted();
    }
    onProgress?.({ bytesRead: reader.restOffset, rowsRead: checkpoints.rows });
    return { checkpoints: checkpoints.toTable(), endLine: reader.restLine, sawText: textProbe.sawText };
  } finally {
    reader.close();
    giveEngineMemoryBack(engine);
  }
}
