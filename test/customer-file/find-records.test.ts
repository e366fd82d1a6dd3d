import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointAt } from '../../src/customer-file/checkpoints.js';
import { findRecords } from '../../src/customer-file/find-records.js';
import type { Delimiter, Dialect } from '../../src/customer-file/plan.js';
import { type FoundRecords, scanRecords } from '../../src/customer-file/scan-records.js';
import { localUpload } from './local-upload.js';

function dialect(delimiter: Delimiter, firstRowOffset = 0): Dialect {
  return { encoding: 'utf-8', delimiter, header: false, firstRowOffset, firstRowLine: 1 };
}

async function seen(found: Promise<FoundRecords>) {
  try {
    const { checkpoints, endLine, sawText } = await found;
    const { rows, interval } = checkpoints;
    const places = [];
    for (let row = 0; row < rows; row += interval) places.push(checkpointAt(checkpoints, row));
    return { rows, interval, endLine, sawText, places };
  } catch (error) {
    return { error };
  }
}

const piece = fc.oneof(
  fc.constantFrom(
    '"',
    '"',
    '""',
    ',',
    ',',
    ';',
    '\n',
    '\n',
    '\r',
    '\r\n',
    ' ',
    'a',
    'é',
    '\0',
    '5" pipe',
    '","',
    '"\n"',
  ),
  fc.integer({ min: 0, max: 90 }).map((n) => 'x'.repeat(n)),
  fc.integer({ min: 0, max: 90 }).map((n) => `"${'y\r\n'.repeat(n % 7)}${'z'.repeat(n)}"`),
);
const text = fc.array(piece, { maxLength: 120 }).map((pieces) => pieces.join(''));

describe('the records that are found fast', () => {
  it('are those of the scanner, on any text and in windows of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.integer({ min: 1, max: 300 }),
        fc.nat({ max: 5 }),
        async (content, delimiter, windowBytes, skipped) => {
          const bytes = await localUpload(content);
          const given = dialect(delimiter, Math.min(skipped, bytes.length));
          expect(await seen(findRecords(bytes, given, {}, windowBytes))).toEqual(
            await seen(scanRecords(bytes, given)),
          );
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('are those of the scanner on random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2000 }),
        fc.integer({ min: 1, max: 999 }),
        async (content, size) => {
          const bytes = await localUpload(content);
          expect(await seen(findRecords(bytes, dialect(','), {}, size))).toEqual(
            await seen(scanRecords(bytes, dialect(','))),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are those of the scanner in a file with more rows than checkpoints', async () => {
    const rows = Array.from(
      { length: 150_000 },
      (_, n) => `p${n}@example.com,"${n % 9 === 0 ? 'a\nb' : 'c'}"`,
    );
    const bytes = await localUpload(rows.join('\n'));
    const found = await seen(findRecords(bytes, dialect(',')));
    expect(found).toEqual(await seen(scanRecords(bytes, dialect(','))));
    expect(found).toMatchObject({ rows: 150_000, interval: 2 });
  });

  it('may be as long as the limit and not longer, wherever the windows end', async () => {
    const longest = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (const before of ['', 'a\n'.repeat(1000), 'a\n'.repeat(130_000)]) {
      const fits = await localUpload(`${before}${longest}b\n`);
      expect(await seen(findRecords(fits, dialect(',')))).toMatchObject({ rows: before.length / 2 + 2 });
      const tooLong = await localUpload(`${before}x${longest}b\n`);
      await expect(findRecords(tooLong, dialect(','))).rejects.toMatchObject({
        code: 'record_too_large',
        line: before.length / 2 + 1,
      });
    }
  });
});
