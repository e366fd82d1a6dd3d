import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { inspectFile } from '../../src/customer-file/inspect-file.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { activate, localUpload, planFor, prepared } from './local-upload.js';

async function refusalOf(content: string | Uint8Array): Promise<CustomerFileError> {
  const bytes = await localUpload(content);
  const error = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024' }).catch(
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(CustomerFileError);
  return error;
}

describe('a file that cannot be read', () => {
  it.each<[string, string | Uint8Array, string, string]>([
    ['without a byte', '', 'empty_file', 'empty'],
    ['of a byte order mark', '\ufeff', 'empty_file', 'empty'],
    ['of blank lines', '\n \n\r\n\n', 'no_rows', 'blank'],
    ['with a header only', 'Email,Phone\r\n', 'no_rows', 'header'],
    ['with a header and blank lines', 'Email,Phone\n\n  \n', 'no_rows', 'header'],
    ['that is a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'not_text', 'PNG'],
    ['that is gzip', gzipSync('Email\nanna@example.com\n'), 'not_text', 'gzip'],
    ['that is a zip', Buffer.from('504b030414000000080000000000', 'hex'), 'not_text', 'zip'],
    [
      'that is a tape archive',
      Buffer.concat([Buffer.from('list.csv'.padEnd(257, ' ')), Buffer.from('ustar')]),
      'not_text',
      'tar',
    ],
    [
      'that is a workbook',
      Buffer.concat([Buffer.from('504b030414000600080000000000', 'hex'), Buffer.from('[Content_Types].xml')]),
      'not_text',
      'CSV UTF-8',
    ],
    ['in UTF-32', Buffer.from('fffe000045000000', 'hex'), 'unsupported_encoding', 'CSV UTF-8'],
    ['with zero bytes', Buffer.from('Email\nanna\0@example.com\n'), 'not_text', 'binary'],
  ])('%s is refused in plain words', async (_, content, code, words) => {
    const error = await refusalOf(content);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('is not one whose first column is called PK, whatever it tells of workbooks', async () => {
    const [part] = await activate('PK,Email,Note\n1,anna@example.com,xl/docProps/\n');
    expect(part?.ledger.rowsSent).toBe(1);
  });

  it('names the line of a quotation mark that is never closed', async () => {
    expect(
      await refusalOf('Email,Name\nanna@example.com,Anna\nben@example.com,"Ben\ncarla@example.com,Carla\n'),
    ).toMatchObject({
      code: 'malformed_record',
      line: 3,
    });
  });

  it('finds that quotation mark behind the first rows too', async () => {
    const rows = 'anna@example.com,Anna\n'.repeat(40_000);
    const bytes = await localUpload(`Email,Name\n${rows}ben@example.com,"Ben\n${rows}`);
    const plan = await planFor(bytes);
    await expect(splitUpload(bytes, plan)).rejects.toMatchObject({ code: 'malformed_record', line: 40_002 });
  });

  it('has no row of a megabyte', async () => {
    expect(await refusalOf(`Email,Note\nanna@example.com,${'x'.repeat(1_400_000)}`)).toMatchObject({
      code: 'record_too_large',
      line: 2,
    });
    const bytes = await localUpload(
      `Email,Note\nanna@example.com,x\nben@example.com,${'x'.repeat(1_400_000)}\n`,
    );
    const plan = await planFor(bytes);
    await expect(splitUpload(bytes, plan)).rejects.toMatchObject({ code: 'record_too_large', line: 3 });
  });

  it('has no row of more than 2,000 cells among its first', async () => {
    const wide = (cells: number) => `anna@example.com${',x'.repeat(cells - 1)}\n`;
    expect(await refusalOf(`Email,Note\n"a\nb",x\n${wide(2_001)}`)).toMatchObject({
      code: 'record_too_large',
      line: 4,
      message: expect.stringContaining('2,000 cells'),
    });
    expect(await refusalOf(wide(2_001))).toMatchObject({ code: 'record_too_large', line: 1 });
    const [part] = await activate(wide(2_000), { columns: { '0': { identifier: 'email' } } });
    expect(part?.ledger.rowsSent).toBe(1);
  });

  it('is noticed when it is another one than was split', async () => {
    const plan = await planFor(await localUpload('anna@example.com\nben@example.com\n'));
    const changed = await localUpload('anna@example.com,ben@example.com\n');
    const part = { index: 0, start: 0, end: changed.length, firstLine: 1, firstRow: 1, rows: 2 };
    await expect(prepared(changed, plan, part)).rejects.toMatchObject({ code: 'part_does_not_match' });
  });

  it('is spoken of without a word of what is in it', async () => {
    const canary = 'Kanarienvogel';
    const values = [
      `${canary}@`,
      `${canary}.example.com`,
      `${canary}@a.com, ${canary}@b.com`,
      `4.9E+11 ${canary}`,
    ];
    const rows = values.map((value) => `${canary},"${value}","${value}","${value}"`).join('\n');
    const columns = { '1': 'email', '2': 'phone', '3': 'maid' } as const;
    const [part] = await activate(`Name,Email,Phone,MAID\n${rows}\n`, { columns });
    expect(part?.rejected.split('\n')).toHaveLength(4 * 3 + 1);
    expect(`${part?.rejected}${part?.text}${JSON.stringify(part?.ledger)}`).not.toContain(canary);

    const failing = [
      `Email,Name\n${canary}@example.com,"${canary}\n${rows}`,
      `Email\n${canary},${canary.repeat(120_000)}`,
      `${canary}@example.com\n`,
      `\x01\x02\x03${canary}`,
    ];
    for (const content of failing) {
      const error = await activate(content, { columns: { [`${canary}@example.com`]: 'email' } }).catch(
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(CustomerFileError);
      expect(`${error.stack}${JSON.stringify(error.toProblem())}`).not.toContain(canary);
    }
  });

  it('of random bytes leads to a CustomerFileError or to a result, and to nothing else', async () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ maxLength: 300, unit: 'binary' }).map((text) => Buffer.from(text)),
      fc
        .array(
          fc.constantFrom('"', ',', ';', '\n', '\r', 'a@example.com', '+12015550100', 'Email', '\xff', ' '),
          { maxLength: 60 },
        )
        .map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
    );
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        try {
          await activate(bytes, { partBytes: 200 });
        } catch (error) {
          expect(error).toBeInstanceOf(CustomerFileError);
        }
      }),
      { numRuns: 600 },
    );
  });
});
