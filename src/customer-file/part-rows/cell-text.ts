import { decodeText, parseRecords } from '../parse-records.js';
import type { Dialect } from '../plan.js';
import { QUOTE } from './byte-classes.js';

/** The text of one cell, as csv-parse reads it within its record. */
export function cellText(cell: Buffer, { encoding, delimiter }: Dialect): string {
  if (cell[0] !== QUOTE) return decodeText(cell, encoding);
  if (isWellQuoted(cell)) return decodeText(cell.subarray(1, -1), encoding).replaceAll('""', '"');
  // Text behind a closing quotation mark, and the like.
  return parseRecords(cell, encoding, delimiter)[0]?.[0] ?? '';
}

/** Whether the cell ends with the mark that closes it, and all marks inside are doubled. */
function isWellQuoted(cell: Buffer): boolean {
  const last = cell.length - 1;
  if (last < 1 || cell[last] !== QUOTE) return false;
  for (let at = cell.indexOf(QUOTE, 1); at < last; at = cell.indexOf(QUOTE, at + 2)) {
    if (cell[at + 1] !== QUOTE || at + 1 === last) return false;
  }
  return true;
}
