import { parseRecords } from './parse-records.js';
import type { Delimiter } from './plan.js';
import { RecordScanner } from './record-scanner.js';

/** Where two fit alike, the one that stands in values less often comes first. */
const CANDIDATES: readonly Delimiter[] = ['\t', '|', ';', ','];
const LOOKED_AT_BYTES = 64 * 1024;

interface Fit {
  readonly delimiter: Delimiter;
  /** The number of cells that most records have. */
  readonly columns: number;
  /** How many of the records have it. */
  readonly share: number;
  /** Whether the first record that is filled has it too. */
  readonly fromTheFirst: boolean;
}

/**
 * The delimiter that cuts most records into the same number of cells, more than one. It cuts the header alike: commas that
 * stand in each address of a file with semicolons are not in the name of that column. A file of one column has none,
 * and is read with commas: those inside of values (several addresses in a cell) are too rare to be columns.
 */
export function detectDelimiter(head: Buffer): Delimiter {
  const bytes = head.subarray(0, LOOKED_AT_BYTES);
  // Parsing is slow; a byte that is nowhere cuts nothing.
  const fits = CANDIDATES.filter((delimiter) => bytes.includes(delimiter))
    .map((delimiter) => fitOf(bytes, delimiter))
    .filter(({ columns, share }) => columns > 1 && share > 0.5);
  fits.sort((a, b) => Number(b.fromTheFirst) - Number(a.fromTheFirst) || score(b) - score(a));
  return fits[0]?.delimiter ?? ',';
}

function score({ share, columns }: Fit): number {
  return share * Math.log(columns + 1);
}

function fitOf(bytes: Buffer, delimiter: Delimiter): Fit {
  const scanner = new RecordScanner(delimiter, 0, 1);
  let end = 0;
  scanner.feed(bytes, (recordEnd) => {
    end = recordEnd;
  });
  // A file of one record, or none that ends here, is looked at as far as it goes.
  const whole = end === 0 && scanner.openQuoteLine === null ? bytes : bytes.subarray(0, end);
  const counts = new Map<number, number>();
  let records = 0;
  let first = 0;
  for (const cells of parseRecords(whole, 'windows-1252', delimiter)) {
    if (cells.length === 1 && (cells[0] ?? '').trim() === '') continue;
    records++;
    if (first === 0 && cells.some((cell) => cell.trim() !== '')) first = cells.length;
    counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  }
  let columns = 0;
  let most = 0;
  for (const [count, times] of counts) {
    if (times > most) [columns, most] = [count, times];
  }
  return { delimiter, columns, share: records === 0 ? 0 : most / records, fromTheFirst: first === columns };
}
