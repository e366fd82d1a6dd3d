import { classifyValue, type ValueKind } from './classify-value.js';
import { cellsByColumn, columnStatistics } from './column-statistics.js';
import { isUsualHeader } from './identifiers/headers.js';

const VALUES: ReadonlySet<ValueKind> = new Set<ValueKind>([
  'email',
  'international_phone',
  'bare_phone',
  'national_phone',
  'damaged_phone',
  'maid',
  'sha256',
  'md5',
  'other_hash',
]);

/** Enough to see what a column holds. */
const ROWS_LOOKED_AT = 200;

/**
 * Whether the first record names the columns. A value in it (an address, a hash, a number) says no; the usual name of
 * a column says yes; else it is one when it has a word above a column whose other cells are values.
 */
export function isHeader(first: readonly string[], rows: readonly (readonly string[])[]): boolean {
  if (first.some((cell) => VALUES.has(classifyValue(cell)))) return false;
  if (first.some(isUsualHeader)) return true;
  const looked = rows.slice(0, ROWS_LOOKED_AT);
  const columns = cellsByColumn(looked, first.length);
  return first.some((cell, index) => cell.trim() !== '' && holdsValues(columns[index] ?? []));
}

function holdsValues(cells: readonly string[]): boolean {
  const { kinds, filled } = columnStatistics(cells, cells.length);
  const values = filled - kinds.text;
  return values > 0 && values * 2 >= filled;
}
