import { classifyValue, type ValueKind } from './classify-value.js';
import { cellsByColumn, columnStatistics } from './column-statistics.js';
import { isUsualHeader, recogniseHeader } from './identifiers/headers.js';
import { looksLikeValue } from './identifiers/looks-like-value.js';

/** No column is called like one of these. */
const CERTAIN_VALUES: ReadonlySet<ValueKind> = new Set<ValueKind>([
  'email',
  'international_phone',
  'maid',
  'sha256',
  'md5',
]);

/** Names can look like these: `2023-2024` like a telephone number, a long one without spaces like base 64. */
const POSSIBLE_VALUES: ReadonlySet<ValueKind> = new Set<ValueKind>([
  'bare_phone',
  'national_phone',
  'damaged_phone',
  'other_hash',
]);

/** Words with an at sign or a digit. */
const LIKE_VALUES = /\S*[@\uff20\p{Nd}]\S*/gu;

/** Enough to see what a column holds. */
const ROWS_LOOKED_AT = 200;

/**
 * Whether the first record names the columns. A value in it (an address, a hash, a number) says no; the usual name of
 * a column says yes; else it is one when it has a word above a column whose other cells are values.
 *
 * What only may be a value is taken for a name beside the usual name of an identifier, and if it stands above something
 * else than values: a customer's record can hold such a word too (`2015550100,mobile`).
 *
 * What is no value and is written like one (`anna@@example.com`) is no word above values: the first customer may be
 * the one whose cell is spelt badly. A name with an example or a date in it is (`Email (as of 31.12.2024)`).
 */
export function isHeader(first: readonly string[], rows: readonly (readonly string[])[]): boolean {
  const kinds = first.map(classifyValue);
  if (kinds.some((kind) => CERTAIN_VALUES.has(kind))) return false;
  const columns = cellsByColumn(rows.slice(0, ROWS_LOOKED_AT), first.length);
  const contents = columns.map(contentOf);
  const namesAnIdentifier = first.some((cell) => recogniseHeader(cell)?.exact === true);
  const holdsValue = kinds.some(
    (kind, index) => POSSIBLE_VALUES.has(kind) && !(namesAnIdentifier && contents[index] === 'text'),
  );
  if (holdsValue) return false;
  if (first.some(isUsualHeader)) return true;
  const aboveValues = first.filter((_, index) => contents[index] === 'values');
  if (aboveValues.some(isBadlyWrittenValue)) return false;
  return aboveValues.some((cell) => cell.trim() !== '');
}

/** Whether a cell is like a value and names no identifier beside that. */
function isBadlyWrittenValue(cell: string): boolean {
  return looksLikeValue(cell) && recogniseHeader(cell.replace(LIKE_VALUES, ' ')) === null;
}

function contentOf(cells: readonly string[]): 'values' | 'text' | 'nothing' {
  const { kinds, filled } = columnStatistics(cells, cells.length);
  if (filled === 0) return 'nothing';
  const values = filled - kinds.text;
  return values > 0 && values * 2 >= filled ? 'values' : 'text';
}
