import { createHash, hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerImbalance, type PreparedPart } from '../../../src/customer-file/ledger.js';
import type { OutputField } from '../../../src/customer-file/output-layout.js';
import { writeRows } from '../../../src/customer-file/part-rows/write-rows.js';
import type { Delimiter, Encoding, IdentifierColumn, Plan } from '../../../src/customer-file/plan.js';
import { makePart } from '../../../src/customer-file/prepare-part.js';
import { splitUpload } from '../../../src/customer-file/split-upload.js';
import { writeRowsWithCare } from '../../../src/customer-file/write-rows-with-care.js';
import { localUpload, newPath } from '../local-upload.js';

type WriteRows = Parameters<typeof makePart>[2];

const sha256 = (text: string) => hash('sha256', text, 'hex');
const md5 = (text: string) => hash('md5', text, 'hex');

const HEADERS = { email: 'email_SHA256', phone: 'phone_SHA256', maid: 'MAID_SHA256' } as const;

function fieldOf(column: IdentifierColumn, position: number, maidMd5: boolean): OutputField {
  return column.identifier === 'maid' && maidMd5
    ? { column: position, identifier: 'maid', digest: 'md5', header: 'MAID_MD5' }
    : {
        column: position,
        identifier: column.identifier,
        digest: 'sha256',
        header: HEADERS[column.identifier],
      };
}

const identifierColumn: fc.Arbitrary<IdentifierColumn> = fc.oneof(
  fc.record({ index: fc.nat({ max: 4 }), identifier: fc.constantFrom('email', 'phone', 'maid') }),
  fc.record({
    index: fc.nat({ max: 4 }),
    identifier: fc.constant('phone' as const),
    defaultCountry: fc.constantFrom('US', 'CA', 'DE', 'GB', 'IT', 'AU'),
  }),
);

const plan: fc.Arbitrary<Plan> = fc
  .record({
    columns: fc.array(identifierColumn, { minLength: 1, maxLength: 4 }),
    maidMd5: fc.boolean(),
    encoding: fc.constantFrom<Encoding>('utf-8', 'utf-8', 'windows-1252'),
    delimiter: fc.constantFrom<Delimiter>(',', ',', ';', '\t', '|'),
    normalization: fc.constantFrom('brief-2024', 'tiktok-2025-09'),
    include: fc.array(
      fc.record({
        column: fc.nat({ max: 5 }),
        values: fc.array(fc.constantFrom('', 'yes', 'true', 'sí', 'a"b', 'x y', 'a'), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
      { maxLength: 1 },
    ),
    partBytes: fc.constantFrom(500, 2000, 50_000_000),
  })
  .map(({ columns, maidMd5, encoding, delimiter, normalization, include, partBytes }) => ({
    engine: 1,
    dialect: { encoding, delimiter, header: false, firstRowOffset: 0, firstRowLine: 1 },
    columns,
    normalization,
    layout: {
      calculateType: columns.length === 1 ? 'FIRST_SHA256' : 'MULTIPLE_TYPES',
      fields: columns.map((column, position) => fieldOf(column, position, maidMd5)),
    },
    include,
    partBytes,
  }));

const n = fc.nat({ max: 999 });
const padding = fc.constantFrom('', '', '', ' ', '\t', '\u00a0', '\u200b', "'", '\ufeff', '  \n ');
const space = fc.constantFrom('', '', ' ', '-', '.', '/', ' (', ') ', '(0)', '\u2011', 'x');
const value = fc.oneof(
  { weight: 4, arbitrary: n.map((i) => `P.${i}.x@Example.com`) },
  fc
    .tuple(n, fc.constantFrom('+', '+a+b', '.', '+é', '+ x', '@', '"', 'é', '\0', 'ß', 'İ', '\ufffd', '@.@'))
    .map(([i, odd]) => `p${odd}${i}@example.org`),
  fc.nat({ max: 70 }).map((length) => `${'long.'.repeat(length).slice(0, length)}@example.com`),
  fc.nat({ max: 70 }).map((length) => `${'x'.repeat(length)}@e.net`),
  n.map((i) => sha256(`${i}`)),
  n.map((i) => sha256(`${i}`).toUpperCase()),
  n.map((i) => `0x${sha256(`${i}`)}`),
  n.map((i) => md5(`${i}`)),
  n.map((i) => `e3b0${sha256(`${i}`).slice(4)}`),
  fc.constantFrom(
    sha256(''),
    md5(''),
    '0'.repeat(32),
    '0'.repeat(64),
    '00000000-0000-0000-0000-000000000000',
  ),
  n.map((i) => `5f3a2b18-9C4d-4e7f-B8e2-${String(i).padStart(12, '0')}`),
  n.map((i) => `00000${String(i).padStart(3, '0')}-0000-4e7f-b8e2-17d3a1e69b25`),
  n.map((i) => `5f3a2b189c4d4e7fb8e2${String(i).padStart(12, '0')}`),
  n.map((i) => `5f3a2b18-9c4d-4e7f-b8e2_${String(i).padStart(12, '0')}`),
  fc
    .tuple(fc.constantFrom('+', '00', '', '0', '+ ', '(', 'tel:+', '+0', '++'), space, n, space)
    .map(([start, one, i, two]) => `${start}1${one}201${two}555${String(i).padStart(4, '0')}`),
  fc
    .tuple(
      fc.constantFrom('+49', '+490', '+440', '0049', '49', '490', '49 (0)', '390', '0', '+44', '+39', '+420'),
      space,
      fc.integer({ min: 0, max: 1e11 }),
    )
    .map(([start, one, digits]) => `${start}${one}${digits}`),
  n.map((i) => `201555${String(i).padStart(4, '0')}.0`),
  n.map((i) => `+1201555${String(i).padStart(4, '0')}.0`),
  fc.constantFrom(
    '4.9E+11',
    '+12015550100 / +12015550101',
    '2015550100 / 2025550101',
    '2015550100\n2025550101',
    '49015112345678',
    '82-010-1234-5678',
    '+1 (201) 555-0100 ext 5',
    '',
    ' ',
    'bad',
    '="+12015550100"',
  ),
  fc.constantFrom('yes', ' YES ', 'True', 'SÍ', 'sí', 'a"b', 'x y', 'no', '\u212a', 'A'),
);
const cell = fc.tuple(padding, value, padding, fc.nat({ max: 11 })).map(([before, text, after, style]) => {
  const padded = `${before}${text}${after}`;
  if (style < 4) return padded;
  const quoted = `"${padded.replaceAll('"', '""')}"`;
  if (style < 9) return quoted;
  if (style === 9) return ` ${quoted}`;
  return style === 10 ? `${quoted}x` : `${quoted}"y"`;
});

const line = fc.record({
  cells: fc.array(cell, { maxLength: 6 }),
  end: fc.constantFrom('\n', '\n', '\r\n', '\r'),
});

/** Rows that may hold anything; what a quotation mark opens is closed by the last line at the latest. */
const content = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.boolean())
  .map(([lines, finalEnd]) => (delimiter: string) => {
    const text = lines.map(({ cells, end }) => cells.join(delimiter) + end).join('');
    return `${text}"q"${finalEnd ? '\n' : ''}`;
  });

/** Comparing 16,384 registers number by number takes longer than making the part. */
async function everything(made: Promise<PreparedPart>, outputPath: string, rejectedPath: string) {
  try {
    const { distinct, ...result } = await made;
    const registers = hash('sha256', distinct, 'hex');
    return {
      result,
      registers,
      text: await readFile(outputPath, 'latin1'),
      rejected: await readFile(rejectedPath, 'latin1'),
    };
  } catch (error) {
    return { error };
  }
}

async function partsBy(write: WriteRows, bytes: Uint8Array, given: Plan) {
  const source = await localUpload(bytes);
  const split = await splitUpload(source, given).catch((error: unknown) => ({ parts: [], error }));
  return Promise.all(
    split.parts.map((part) => {
      const input = { source, plan: given, part, outputPath: newPath(), rejectedPath: newPath() };
      return everything(makePart(input, {}, write), input.outputPath, input.rejectedPath);
    }),
  );
}

function encode(text: string, encoding: Encoding): Buffer {
  return Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'latin1');
}

describe('a part that is made fast', () => {
  it('is the one made with care: same bytes, rejected cells, ledger and registers, in windows of any size', async () => {
    await fc.assert(
      fc.asyncProperty(plan, content, fc.integer({ min: 1, max: 700 }), async (given, lines, windowBytes) => {
        const bytes = encode(lines(given.dialect.delimiter), given.dialect.encoding);
        const fast = await partsBy((rows, options) => writeRows(rows, options, windowBytes), bytes, given);
        expect(fast).toEqual(await partsBy(writeRowsWithCare, bytes, given));
      }),
      { numRuns: 400 },
    );
  });

  it('is the one made with care on random bytes', async () => {
    const bytes = fc.array(
      fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x40, 0x20, 0x61)),
      { maxLength: 300 },
    );
    await fc.assert(
      fc.asyncProperty(plan, bytes, fc.integer({ min: 1, max: 99 }), async (given, numbers, windowBytes) => {
        const upload = Uint8Array.from(numbers);
        const fast = await partsBy((rows, options) => writeRows(rows, options, windowBytes), upload, given);
        expect(fast).toEqual(await partsBy(writeRowsWithCare, upload, given));
      }),
      { numRuns: 300 },
    );
  });

  it('is the one made with care also when it does not fit into memory at once', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) =>
      [
        `p.${i}@example.com`,
        `"+1201555${String(i % 10_000).padStart(4, '0')}"`,
        i % 7 === 0 ? 'é' : `x${i}`,
      ].join(','),
    );
    const [given] = fc.sample(plan, { numRuns: 1, seed: 1 });
    if (given === undefined) throw new Error('There is no plan.');
    const columns: IdentifierColumn[] = [
      { index: 1, identifier: 'phone' },
      { index: 0, identifier: 'email' },
    ];
    const wide: Plan = {
      ...given,
      dialect: { ...given.dialect, delimiter: ',', encoding: 'utf-8' },
      columns,
      layout: {
        calculateType: 'MULTIPLE_TYPES',
        fields: columns.map((column, at) => fieldOf(column, at, false)),
      },
      include: [],
      partBytes: 5_000_000,
    };
    const upload = Buffer.from(rows.join('\n'));
    const fast = await partsBy(writeRows, upload, wide);
    expect(fast).toEqual(await partsBy(writeRowsWithCare, upload, wide));
    expect(fast).toHaveLength(2);
    for (const part of fast) {
      if (!('text' in part)) throw new Error('A part failed.');
      expect(part.result).toMatchObject({ md5: createHash('md5').update(part.text).digest('hex') });
    }
  });

  it('balances its ledger', async () => {
    await fc.assert(
      fc.asyncProperty(plan, content, async (given, lines) => {
        const source = await localUpload(lines(given.dialect.delimiter));
        const split = await splitUpload(source, given).catch(() => ({ parts: [] }));
        for (const part of split.parts) {
          const input = { source, plan: given, part, outputPath: newPath(), rejectedPath: newPath() };
          const { ledger } = await makePart(input, {}, writeRows);
          expect(ledgerImbalance(ledger)).toBeNull();
        }
      }),
      { numRuns: 100 },
    );
  });
});
