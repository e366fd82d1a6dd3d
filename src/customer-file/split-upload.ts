import type { Checkpoints } from './checkpoints.js';
import { CustomerFileError } from './customer-file-error.js';
import type { EngineOptions } from './engine-progress.js';
import { findRecords } from './find-records.js';
import { rowsPerPart } from './part-size.js';
import type { LocalBytes, PartRange, Plan, Split } from './plan.js';

/**
 * Finds the parts of an upload with one scan of all its bytes in order, in bounded memory. `bytes` must be the whole
 * upload. The same upload and plan give the same parts on every machine.
 *
 * Throws `CustomerFileError`: `no_rows`, `malformed_record`, `record_too_large`, `too_large`.
 */
export async function splitUpload(
  bytes: LocalBytes,
  plan: Plan,
  options: EngineOptions = {},
): Promise<Split> {
  const { checkpoints, sawText } = await findRecords(bytes, plan.dialect, options);
  if (!sawText) {
    throw new CustomerFileError(
      'no_rows',
      'The file has no customers in it: there is nothing below the header.',
    );
  }
  return { rows: checkpoints.rows, parts: cut(checkpoints, plan, bytes.firstByte + bytes.length) };
}

function cut(checkpoints: Checkpoints, plan: Plan, end: number): PartRange[] {
  const { rows } = checkpoints;
  const rowsEach = rowsPerPart(rows, checkpoints.interval, plan.layout, plan.partBytes);
  const parts: PartRange[] = [];
  for (let row = 0; row < rows; row += rowsEach) {
    const first = checkpoints.at(row);
    const next = row + rowsEach;
    parts.push({
      index: parts.length,
      start: first.offset,
      end: next < rows ? checkpoints.at(next).offset : end,
      firstLine: first.line,
      firstRow: row + 1,
      rows: Math.min(rowsEach, rows - row),
    });
  }
  return parts;
}
