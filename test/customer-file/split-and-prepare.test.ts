import { createHash, hash } from 'node:crypto';
import { access } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NORMALIZATION_PROFILES } from '../../src/customer-file/identifiers/profiles.js';
import { ledgerImbalance, sumLedgers } from '../../src/customer-file/ledger.js';
import { longestLineBytes } from '../../src/customer-file/part-size.js';
import { preparePart } from '../../src/customer-file/prepare-part.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { activate, localUpload, newPath, planFor, prepared, type ReadPart } from './local-upload.js';

const sha256 = (text: string) => hash('sha256', text, 'hex');
const email = (name: string) => sha256(`${name}@example.com`);

async function only(parts: Promise<ReadPart[]>): Promise<ReadPart> {
  const [part, ...others] = await parts;
  if (part === undefined || others.length > 0) throw new Error('There is not exactly one part.');
  return part;
}

describe('a prepared part', () => {
  it('of one identifier has a hash a line and no header', async () => {
    const part = await only(
      activate(`${email('anna').toUpperCase()}\nBen+x@Example.com\r\n\ncarla@example.com`),
    );
    expect(part.text).toBe(`${email('anna')}\n${email('ben')}\n${email('carla')}\n`);
    expect(part.rejected).toBe('');
    expect(part.ledger).toEqual({
      rowsRead: 4,
      rowsSent: 3,
      rowsRejected: 0,
      rowsExcluded: 0,
      rowsBlank: 1,
      identifiers: { email: { cells: 3, sent: 3, empty: 0, rejected: {}, prehashed: 1 } },
    });
  });

  it('says the size and the MD5 of its bytes', async () => {
    const part = await only(activate('anna@example.com\nben@example.com\n'));
    expect(part.bytes).toBe(130);
    expect(part.md5).toBe(createHash('md5').update(part.text).digest('hex'));
  });

  it('of several identifiers has TikTok’s header, and an empty cell for what is missing', async () => {
    const columns = { Email: 'email', Phone: 'phone', MAID: 'maid' } as const;
    const content =
      'Name,Email,Phone,MAID\nA,anna@example.com,,\n"B, b",bad,+1 201 555 0100\nC,,,\nD,x,y,z,more\n';
    const part = await only(activate(content, { columns }));
    expect(part.text).toBe(
      `email_SHA256,phone_SHA256,MAID_SHA256\n${email('anna')},,\n,${sha256('+12015550100')},\n`,
    );
  });

  it('lists what was rejected by line, column and reason, also of rows that are sent', async () => {
    const content =
      'Note,Email,Phone\n"two\nlines",anna@example.com,\nx,nobody,+12015550100\n\ny,,\nz,a@b@c,4.9E+11\n';
    const part = await only(activate(content, { columns: { Email: 'email', Phone: 'phone' } }));
    expect(part.rejected).toBe(
      '4,1,no_at_sign\n6,,no_identifier\n7,1,invalid_email\n7,2,damaged_by_spreadsheet\n',
    );
    expect(part.ledger).toMatchObject({ rowsRead: 5, rowsSent: 2, rowsRejected: 2, rowsBlank: 1 });
    expect(part.ledger.identifiers).toEqual({
      email: { cells: 4, sent: 1, empty: 1, rejected: { no_at_sign: 1, invalid_email: 1 }, prehashed: 0 },
      phone: { cells: 4, sent: 1, empty: 2, rejected: { damaged_by_spreadsheet: 1 }, prehashed: 0 },
    });
  });

  it('leaves out rows that the filter excludes, and does not count their cells', async () => {
    const part = await only(
      activate('Email,Consent\nanna@example.com, YES \nben@example.com,no\nbad,no\ncarla@example.com\n\n', {
        include: [{ column: 'Consent', values: ['yes', 'true'] }],
      }),
    );
    expect(part.text).toBe(`${email('anna')}\n`);
    expect(part.ledger).toMatchObject({
      rowsRead: 5,
      rowsSent: 1,
      rowsRejected: 0,
      rowsExcluded: 3,
      rowsBlank: 1,
    });
    expect(part.ledger.identifiers.email).toMatchObject({ cells: 1 });
  });

  it('sends duplicates, and two columns of one identifier under a repeated header', async () => {
    const part = await only(
      activate('Email 1,Email 2\nanna@example.com,ben@example.com\nanna@example.com,\n'),
    );
    expect(part.text).toBe(
      `email_SHA256,email_SHA256\n${email('anna')},${email('ben')}\n${email('anna')},\n`,
    );
  });

  it('carries MD5 hashes of MAIDs as they are, and hashes plain ones alike', async () => {
    const maid = '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25';
    const md5 = (text: string) => hash('md5', text, 'hex');
    const part = await only(
      activate(`MAID\n${md5('a')}\n${md5('b').toUpperCase()}\n${md5('c')}\n${maid}\n${sha256('d')}\n`),
    );
    expect(part.text).toBe(`${[md5('a'), md5('b'), md5('c'), md5(maid)].join('\n')}\n`);
    expect(part.rejected).toBe('6,0,unsupported_hash\n');
  });

  it.each(NORMALIZATION_PROFILES)(
    'hashes every spelling of a MAID in lower case, by %s',
    async (normalization) => {
      const maid = '5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25';
      const spellings = [
        maid,
        maid.toLowerCase(),
        ` ${maid} `,
        `"${maid}"`,
        `{${maid}}`,
        maid.replaceAll('-', ''),
      ];
      const part = await only(
        activate(`MAID\n${spellings.join('\n')}\n`, {
          normalization,
          columns: { MAID: 'maid' },
        }),
      );
      const inLowerCase = '83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd';
      expect(part.text.trimEnd().split('\n')).toEqual(spellings.map(() => inLowerCase));
      // Of the upper-case spelling: a digest that nobody's id has at TikTok.
      expect(part.text).not.toContain('0bb5fc79a4f7eff666b5f7ec85fa11610c88d0dd7588fae1609491722336fbbf');
    },
  );

  it('reads letters of Windows-1252 as the letters they are', async () => {
    const content = Buffer.from(
      'Email;City\nann\xe9@example.com;Orl\xe9ans\nx\x9cur@example.com;\x80\n',
      'latin1',
    );
    expect((await only(activate(content))).text).toBe(`${email('anné')}\n${email('xœur')}\n`);
  });

  it('has no value with a byte that is no UTF-8, wherever it stands, and all others as they are', async () => {
    const values = ['anna@example.com', '+12015550100', '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25'];
    const damaged = values.flatMap((value, column) =>
      [0xff, 0xc3, 0x80].flatMap((byte) =>
        Array.from({ length: value.length + 1 }, (_, at) => {
          const cells = values.map((_, index) => Buffer.from(index === column ? value : ''));
          cells[column] = Buffer.concat([
            Buffer.from(value.slice(0, at)),
            Buffer.of(byte),
            Buffer.from(value.slice(at)),
          ]);
          return Buffer.concat(cells.flatMap((cell) => [cell, Buffer.from(',')]));
        }),
      ),
    );
    const sound = `${values.join(',')},Zoë`;
    const lines = [Buffer.from('\ufeffEmail,Phone,MAID,Prénom'), ...damaged, Buffer.from(sound), Buffer.of()];
    const content = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const columns = {
      '0': { identifier: 'email' },
      '1': { identifier: 'phone' },
      '2': { identifier: 'maid' },
    } as const;
    const part = await only(activate(content, { columns }));
    expect(part.text.trimEnd().split('\n').slice(1)).toEqual([values.map(sha256).join(',')]);
    const rejected = (value = '') => 3 * (value.length + 1);
    expect(part.ledger).toMatchObject({
      rowsSent: 1,
      rowsRejected: damaged.length,
      identifiers: {
        email: { rejected: { invalid_email: rejected(values[0]) } },
        phone: { rejected: { invalid_phone: expect.any(Number) } },
        maid: { rejected: { invalid_maid: rejected(values[2]) } },
      },
    });
  });

  it('is the same when it is read from a slice of the upload', async () => {
    const content = `Email,Note\n${Array.from({ length: 50 }, (_, n) => `p${n}@example.com,"a\nb"`).join('\n')}\n`;
    const bytes = await localUpload(content);
    const plan = await planFor(bytes, { partBytes: 650 });
    const { parts } = await splitUpload(bytes, plan);
    expect(parts).toHaveLength(5);
    for (const part of parts) {
      const slice = await localUpload(
        Buffer.concat([Buffer.from('###'), Buffer.from(content).subarray(part.start, part.end)]),
      );
      const source = { path: slice.path, position: 3, firstByte: part.start, length: part.end - part.start };
      expect(await prepared(source, plan, part)).toEqual(await prepared(bytes, plan, part));
    }
  });

  it('leaves no file behind when it is stopped', async () => {
    const bytes = await localUpload('anna@example.com\n');
    const plan = await planFor(bytes);
    const [part] = (await splitUpload(bytes, plan)).parts;
    if (part === undefined) throw new Error('There is no part.');
    const paths = { outputPath: newPath(), rejectedPath: newPath() };
    const stopped = preparePart(
      { source: bytes, plan, part, ...paths },
      { signal: AbortSignal.abort(new Error('stopped')) },
    );
    await expect(stopped).rejects.toThrow('stopped');
    await expect(access(paths.outputPath)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(access(paths.rejectedPath)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

const cell = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }).map((n) => `P.${n}+x@Example.com`) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 9 }).map((n) => sha256(`${n}`)) },
  fc.constantFrom(
    '',
    ' ',
    'bad',
    '"quoted, cell"',
    '"line\r\nbreak"',
    '"a""b@example.com"',
    'a"b@example.com',
    '"x"y',
    '""',
  ),
);
const line = fc.record({
  cells: fc.array(cell, { minLength: 0, maxLength: 4 }),
  end: fc.constantFrom('\n', '\r\n', '\r'),
});
const file = fc
  .record({ lines: fc.array(line, { minLength: 1, maxLength: 60 }), finalEnd: fc.boolean() })
  .map(({ lines, finalEnd }) => {
    const text = ['anna@example.com,x\n', ...lines.map(({ cells, end }) => cells.join(',') + end)].join('');
    return finalEnd ? text : text.replace(/[\r\n]+$/, '');
  });

const WISHES = { columns: { '0': 'email', '1': 'email' } } as const;

function rowsOf(parts: readonly ReadPart[]): string[] {
  return parts.flatMap(({ text }) => text.split('\n').slice(1, -1));
}

describe('splitting into parts of any size', () => {
  it('changes no row, no reason and no sum, and stays within the size', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 3000 }), async (content, partBytes) => {
        const bytes = await localUpload(content);
        const plan = await planFor(bytes, { ...WISHES, partBytes });
        const split = await splitUpload(bytes, plan);
        const parts = await Promise.all(split.parts.map((part) => prepared(bytes, plan, part)));
        const whole = await only(activate(content, WISHES));

        expect(rowsOf(parts)).toEqual(rowsOf([whole]));
        expect(parts.map(({ rejected }) => rejected).join('')).toBe(whole.rejected);
        const sum = sumLedgers(parts.map(({ ledger }) => ledger));
        expect(sum).toEqual(whole.ledger);
        expect(sum.rowsRead).toBe(split.rows);
        for (const { ledger } of parts) expect(ledgerImbalance(ledger)).toBeNull();
        const most = Math.max(partBytes, longestLineBytes(plan.layout) + 26);
        for (const part of parts) expect(part.bytes).toBeLessThanOrEqual(most);
      }),
      { numRuns: 300 },
    );
  });

  it('gives contiguous ranges that say where they begin', async () => {
    const content = Array.from({ length: 1000 }, (_, n) => `p${n}@example.com`).join('\r\n');
    const bytes = await localUpload(content);
    const { parts, rows } = await splitUpload(bytes, await planFor(bytes, { partBytes: 6500 }));
    expect(rows).toBe(1000);
    expect(parts.map((part) => part.rows)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(parts.map((part) => part.firstRow)).toEqual(Array.from({ length: 10 }, (_, n) => n * 100 + 1));
    expect(parts.map((part) => part.firstLine)).toEqual(parts.map((part) => part.firstRow));
    expect(parts.map((part) => part.start)).toEqual([0, ...parts.slice(0, -1).map((part) => part.end)]);
    expect(parts.at(-1)?.end).toBe(bytes.length);
  });

  it('tells how far it is', async () => {
    const bytes = await localUpload('anna@example.com\n'.repeat(40_000));
    const plan = await planFor(bytes);
    const told: number[] = [];
    await splitUpload(bytes, plan, { onProgress: ({ bytesRead }) => told.push(bytesRead) });
    expect(told.at(-1)).toBe(bytes.length);
    expect(told.length).toBeGreaterThan(1);
  });
});
