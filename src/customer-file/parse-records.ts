import { parse } from 'csv-parse/sync';
import type { Delimiter, Encoding } from './plan.js';

const windows1252 = new TextDecoder('windows-1252');
/** Bytes 0x80 to 0x9f are control characters in Latin-1 and letters, quotation marks and € in Windows-1252. */
const DIFFERS_FROM_LATIN1 = /[\u0080-\u009f]/;

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
      if (DIFFERS_FROM_LATIN1.test(cell)) record[index] = windows1252.decode(Buffer.from(cell, 'latin1'));
    }
  }
  return records;
}
