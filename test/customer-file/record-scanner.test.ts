import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecords } from '../../src/customer-file/parse-records.js';
import { RecordScanner } from '../../src/customer-file/record-scanner.js';

/** The records that the scanner finds when fed in pieces of the given size. */
function scan(bytes: Buffer, pieceSize: number) {
  const scanner = new RecordScanner(',', 0, 1);
  const records: { text: string; line: number }[] = [];
  let start = 0;
  const onRecord = (end: number, line: number) => {
    records.push({ text: bytes.toString('latin1', start, end), line });
    start = end;
  };
  for (let at = 0; at < bytes.length; at += pieceSize)
    scanner.feed(bytes.subarray(at, at + pieceSize), onRecord);
  const openQuoteLine = scanner.openQuoteLine;
  if (openQuoteLine === null) scanner.finish(onRecord);
  return { records, openQuoteLine, line: scanner.line };
}

const trickyText = fc.array(fc.constantFrom('"', '"', ',', '\n', '\r', '\r\n', 'a', ' ', '\0', 'é'), {
  maxLength: 40,
});

describe('the record scanner', () => {
  it('ends records at any kind of line end, and not inside quotes', () => {
    const { records } = scan(Buffer.from('a\r\nb,"x\r\ny\rz\nw"\rc\n\n"d ""e"""\n'), 1000);
    expect(records).toEqual([
      { text: 'a\r\n', line: 1 },
      { text: 'b,"x\r\ny\rz\nw"\r', line: 2 },
      { text: 'c\n', line: 6 },
      { text: '\n', line: 7 },
      { text: '"d ""e"""\n', line: 8 },
    ]);
  });

  it('takes a quotation mark inside a cell, or text behind a closing one, as text', () => {
    expect(scan(Buffer.from('5" pipe,x\n"a"b\n c"d\n'), 1000).records).toHaveLength(3);
  });

  it('says on which line an unclosed quotation mark stands', () => {
    expect(scan(Buffer.from('a\nb,"c\nd\n'), 1000).openQuoteLine).toBe(2);
  });

  it('makes no row of the final line end, and one of a last line without it', () => {
    expect(scan(Buffer.from('a\nb'), 1000).records).toHaveLength(2);
    expect(scan(Buffer.from('a\nb\n'), 1000).records).toHaveLength(2);
    expect(scan(Buffer.from('a\nb\r'), 1000).records).toHaveLength(2);
    expect(scan(Buffer.from('a\nb\n\n'), 1000).records).toHaveLength(3);
  });

  it('finds the same records in pieces of any size', () => {
    fc.assert(
      fc.property(trickyText, fc.integer({ min: 1, max: 5 }), (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''));
        expect(scan(bytes, size)).toEqual(scan(bytes, 1000));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with csv-parse on how many records there are', () => {
    fc.assert(
      fc.property(trickyText, (pieces) => {
        const bytes = Buffer.from(pieces.join(''));
        const { records, openQuoteLine } = scan(bytes, 1000);
        fc.pre(openQuoteLine === null);
        expect(parseRecords(bytes, 'utf-8', ',')).toHaveLength(records.length);
        // Each record by itself is one record too, so a batch may be cut anywhere between them.
        for (const { text } of records)
          expect(parseRecords(Buffer.from(text, 'latin1'), 'utf-8', ',')).toHaveLength(1);
      }),
      { numRuns: 2000 },
    );
  });
});
