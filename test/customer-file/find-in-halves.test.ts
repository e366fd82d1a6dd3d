import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInHalves } from '../../src/customer-file/find-in-halves.js';
import { findRecords } from '../../src/customer-file/find-records.js';
import { type FoundPlaces, placesOf } from '../../src/customer-file/found-places.js';
import type { Dialect } from '../../src/customer-file/plan.js';
import { localUpload } from './local-upload.js';

const DIALECT: Dialect = {
  encoding: 'utf-8',
  delimiter: ',',
  header: false,
  firstRowOffset: 0,
  firstRowLine: 1,
};

async function seen(found: Promise<FoundPlaces>) {
  try {
    const { rows, interval, sawText, before } = await found;
    const places = [];
    for (let row = 0; row < rows; row += interval) places.push(await before(row));
    return { rows, interval, sawText, places };
  } catch (error) {
    return { error };
  }
}

const piece = fc.oneof(
  fc.constantFrom('"', '""', ',', '\n', '\n', '\n', '\r', '\r\n', ' ', 'a', '5" pipe', '"\n"', '"a\nb"'),
  fc.integer({ min: 0, max: 40 }).map((n) => 'x'.repeat(n)),
  fc.integer({ min: 0, max: 20 }).map((n) => `"${'y\r\n'.repeat(n % 7)}${'z'.repeat(n)}"\n`),
);

describe('records that are found in two halves', () => {
  it('are those that are found in one piece, with the same errors, on any text', async () => {
    let joined = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join('')),
        fc.nat({ max: 9 }),
        async (content, firstRowOffset) => {
          const bytes = await localUpload(content);
          const dialect = { ...DIALECT, firstRowOffset: Math.min(firstRowOffset, bytes.length) };
          let calls = 0;
          const counted: typeof findRecords = (...call) => {
            calls++;
            return findRecords(...call);
          };
          expect(await seen(findInHalves(bytes, dialect, counted, {}, 1))).toEqual(
            await seen(findRecords(bytes, dialect).then(placesOf)),
          );
          if (calls === 2) joined++;
        },
      ),
      { numRuns: 1500 },
    );
    expect(joined).toBeGreaterThan(300);
  });

  it('are those that are found in one piece where there are more of them than checkpoints', async () => {
    const rows = Array.from(
      { length: 400_000 },
      (_, n) => `p${n}@example.com,${n % 9 === 0 ? '"a\nb"' : 'c'}\n`,
    );
    const bytes = await localUpload(rows.join(''));
    const found = await findInHalves(bytes, DIALECT, findRecords, {}, 1);
    expect(found).toMatchObject({ rows: 400_000, interval: 4 });
    const whole = placesOf(await findRecords(bytes, DIALECT));
    for (const row of [0, 4, 199_996, 200_004, 266_668, 300_000, 399_996]) {
      expect(await found.before(row)).toEqual(await whole.before(row));
    }
  });

  it('are read again from the beginning when the middle lies in a cell with line breaks', async () => {
    const bytes = await localUpload(`a,b\n"${'a line of a cell\n'.repeat(1000)}",b\na,"b\n"\n`);
    expect(await seen(findInHalves(bytes, DIALECT, findRecords, {}, 1))).toMatchObject({ rows: 3 });
  });

  it('tell their progress as one, never backwards, up to all bytes and rows', async () => {
    const bytes = await localUpload('anna@example.com,b\n'.repeat(150_000));
    const told: { bytesRead: number; rowsRead: number }[] = [];
    await findInHalves(bytes, DIALECT, findRecords, { onProgress: (progress) => told.push(progress) }, 1);
    expect(told.at(-1)).toEqual({ bytesRead: bytes.length, rowsRead: 150_000 });
    for (const [at, { bytesRead }] of told.entries()) {
      expect(bytesRead).toBeGreaterThanOrEqual(told[at - 1]?.bytesRead ?? 0);
    }
  });
});
