import { parse } from 'csv-parse/sync';
import type { Delimiter, Encoding } from './plan.js';

/**
 * What the bytes 0x80 to 0x9f are in Windows-1252 (five are unassigned and stay control characters); csv-parse reads
 * them as Latin-1, where all are control characters. Node's own decoder of Windows-1252 takes them for Latin-1 too.
 */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';
const DIFFERS_FROM_LATIN1 = /[\u0080-\u009f]/g;

/**
 * The cells of whole records, as csv-parse reads them. The options make it agree with `RecordScanner` on what a record
 * is: every line end counts, quotation marks that do not open a cell are text, ragged and empty records are kept.
 */
export function parseRecords(bytes: Buffer, encoding: Encoding, delimiter: Delimiter): string[][] {
  const records: string[][] = parse(bytes, {
    delimiter,
    encoding: encoding === 'utf-8' ? 'utf8' : 'latin1',
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: false,
    bom: false,
  });
  if (encoding === 'utf-8') return records;
  for (const record of records) {
    for (const [index, cell] of record.entries()) {
      record[index] = fromLatin1(cell);
    }
  }
  return records;
}

/** The text of bytes that are no CSV any more. */
export function decodeText(bytes: Buffer, encoding: Encoding): string {
  return encoding === 'utf-8' ? bytes.toString('utf8') : fromLatin1(bytes.toString('latin1'));
}

function fromLatin1(text: string): string {
  return text.replace(DIFFERS_FROM_LATIN1, (char) => WINDOWS_1252.charAt(char.charCodeAt(0) - 0x80));
}
