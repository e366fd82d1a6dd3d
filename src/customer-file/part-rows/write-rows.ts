import { setImmediate } from 'node:timers/promises';
import { openDigestBatch } from '../digests/digest-batch.js';
import { giveEngineMemoryBack, takeEngineMemory } from '../engine-memory.js';
import type { EngineOptions } from '../engine-progress.js';
import type { Plan } from '../plan.js';
import { RowReader } from '../row-table/row-reader.js';
import { openRowTable } from '../row-table/row-table.js';
import { type RowsToWrite, type WrittenRows, writeRowsWithCare } from '../write-rows-with-care.js';
import { PartRows } from './part-rows.js';

/**
 * Writes what `writeRowsWithCare` writes, to the last byte, many times as fast where the machine allows it: rows and
 * cells are found by a kernel, plain values are put into their spelling byte by byte and hashed in batches, and only
 * what is unusual becomes text. `windowBytes` as in `RowReader`.
 */
export async function writeRows(
  rows: RowsToWrite,
  options: EngineOptions = {},
  windowBytes?: number,
): Promise<WrittenRows> {
  const { source, plan, part } = rows;
  const columns = wantedColumns(plan);
  const engine = takeEngineMemory(columns.length, plan.layout.fields.length);
  const fill = openRowTable(engine, plan.dialect.delimiter, columns);
  const digests = openDigestBatch(engine.memory, engine);
  if (fill === null || digests === null) return writeRowsWithCare(rows, options);
  const partRows = new PartRows(engine, digests, columns, rows);
  const reader = new RowReader(engine, fill, source, part, plan.dialect.delimiter, windowBytes);
  try {
    let windows = 0;
    let rowsRead = 0;
    for (let found = reader.next(); found > 0; found = reader.next()) {
      partRows.add(found, reader.line);
      rowsRead += found;
      if (reader.windows === windows) continue;
      windows = reader.windows;
      options.onProgress?.({ bytesRead: reader.restOffset - part.start, rowsRead });
      await setImmediate();
      options.signal?.throwIfAborted();
    }
    options.onProgress?.({ bytesRead: reader.restOffset - part.start, rowsRead });
    return partRows.finish();
  } finally {
    reader.close();
    giveEngineMemoryBack(engine);
  }
}

/** Columns of the upload that are looked at, each once, rising. */
function wantedColumns({ columns, include }: Plan): number[] {
  const wanted = new Set([...columns.map(({ index }) => index), ...include.map(({ column }) => column)]);
  return [...wanted].sort((a, b) => a - b);
}
