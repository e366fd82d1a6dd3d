import { CustomerFileError } from './customer-file-error.js';
import type { EngineOptions } from './engine-progress.js';
import { findRecords } from './find-records.js';
import { type FoundPlaces, placesOf } from './found-places.js';
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
  return cutAt(placesOf(await findRecords(bytes, plan.dialect, options)), bytes, plan);
}

/** The parts, once the records are found. Throws `no_rows` and `too_large`. */
export async function cutAt(places: FoundPlaces, bytes: LocalBytes, plan: Plan): Promise<Split> {
  const { rows, interval, sawText } = places;
  if (!sawText) {
    throw new CustomerFileError(
      'no_rows',
      'The file has no customers in it: there is nothing below the header.',
    );
  }
  const rowsEach = rowsPerPart(rows, interval, plan.layout, plan.partBytes);
  const parts: PartRange[] = [];
  let first = await places.before(0);
  for (let row = 0; row < rows; row += rowsEach) {
    const next = row + rowsEach < rows ? await places.before(row + rowsEach) : null;
    parts.push({
      index: parts.length,
      start: first.offset,
      end: next?.offset ?? bytes.firstByte + bytes.length,
      firstLine: first.line,
      firstRow: row + 1,
      rows: Math.min(rowsEach, rows - row),
    });
    first = next ?? first;
  }
  return { rows, parts };
}
