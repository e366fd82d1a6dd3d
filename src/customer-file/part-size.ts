import { CustomerFileError } from './customer-file-error.js';
import type { DigestAlgorithm, OutputLayout } from './output-layout.js';

/** Safe for every documented version of TikTok's rules; the newest allows 250 MB. MB are decimal, the stricter reading. */
export const SAFE_PART_BYTES = 50_000_000;
export const MAX_PART_BYTES = 250_000_000;
/** TikTok recommends fewer than 50 files for one call and takes at most 500. */
const RECOMMENDED_PARTS = 49;
const MAX_PARTS = 500;

const HEX_DIGITS: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, md5: 32 };

/** Bytes of a line of a part with all its cells filled: hex digits, and a comma or line feed behind each cell. */
export function longestLineBytes(layout: OutputLayout): number {
  return layout.fields.reduce((sum, field) => sum + HEX_DIGITS[field.digest] + 1, 0);
}

/** The first line of every part of a MULTIPLE_TYPES audience; the other types have none. */
export function headerLine(layout: OutputLayout): string {
  return layout.calculateType === 'MULTIPLE_TYPES'
    ? `${layout.fields.map((field) => field.header).join(',')}\n`
    : '';
}

/**
 * How many rows each part takes, a multiple of `interval`; the parts come out even. A part of that many rows stays
 * within `partBytes` while that makes few enough parts: fewer than 50, or up to 500 where `partBytes` was made smaller
 * than the default on purpose. Beyond, parts grow evenly up to 250 MB, and beyond that their number up to 500.
 *
 * Throws `too_large` when 500 parts of 250 MB do not hold the rows.
 */
export function rowsPerPart(rows: number, interval: number, layout: OutputLayout, partBytes: number): number {
  const steps = Math.ceil(rows / interval);
  const stepsWithin = (bytes: number): number =>
    Math.floor((bytes - headerLine(layout).length) / longestLineBytes(layout) / interval);

  const asked = stepsWithin(Math.min(partBytes, MAX_PART_BYTES));
  const wantedParts = partBytes < SAFE_PART_BYTES ? MAX_PARTS : RECOMMENDED_PARTS;
  const largest = stepsWithin(MAX_PART_BYTES);
  const evenly = (parts: number): number => Math.ceil(steps / parts) * interval;

  if (asked > 0 && Math.ceil(steps / asked) <= wantedParts) return evenly(Math.ceil(steps / asked));
  if (Math.ceil(steps / wantedParts) <= largest) return evenly(wantedParts);
  const parts = Math.ceil(steps / largest);
  if (parts <= MAX_PARTS) return evenly(parts);
  throw tooLarge(rows, largest * interval * MAX_PARTS);
}

function tooLarge(rows: number, rowsAllowed: number): CustomerFileError {
  const files = Math.ceil(rows / rowsAllowed);
  return new CustomerFileError(
    'too_large',
    `The file has ${rows.toLocaleString('en')} rows. TikTok takes at most ${MAX_PARTS} files of 250 MB for one audience, which hold ${rowsAllowed.toLocaleString('en')} rows with these columns. Split it into ${files} files, create the audience with the first and append the others.`,
  );
}
