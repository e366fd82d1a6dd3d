import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { detectPacking, PACKING_HEAD_BYTES } from '../../src/customer-file/detect-packing.js';
import { expandHead } from '../../src/customer-file/expand-head.js';
import { expandUpload } from '../../src/customer-file/expand-upload.js';
import type { PackedBytes } from '../../src/customer-file/packed-bytes.js';
import { packedInPieces } from './packed-in-pieces.js';
import { type ZippedFile, zipArchive } from './zip-archive.js';

const CSV = 'Email,City\nanna.adler.0@example.com,Köln\nben.adler.0@example.org,東京\n';

function packingOf(bytes: Uint8Array) {
  const packing = detectPacking(Buffer.from(bytes.subarray(0, PACKING_HEAD_BYTES)));
  if (packing === null) throw new Error('not packed');
  return packing;
}

async function expanded(bytes: Uint8Array, pieces?: readonly number[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of expandUpload(packedInPieces(bytes, pieces), packingOf(bytes))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function refusal(bytes: Uint8Array): Promise<CustomerFileError> {
  const error = await expanded(bytes).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(CustomerFileError);
  return error;
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const zipOf = (text: string, file: Partial<ZippedFile> = {}) =>
  zipArchive([{ name: 'customers.csv', content: Buffer.from(text), ...file }]);

describe('a packed upload becomes the text that was packed', () => {
  it.each<[string, Uint8Array]>([
    ['gzip', gzipSync(CSV)],
    ['gzip in several members', Buffer.concat([gzipSync(CSV.slice(0, 20)), gzipSync(CSV.slice(20))])],
    ['gzip with zeros behind its end', Buffer.concat([gzipSync(CSV), Buffer.alloc(512)])],
    ['zip', zipOf(CSV)],
    ['zip without compression', zipOf(CSV, { method: 'stored' })],
    ['zip with 64-bit fields', zipOf(CSV, { zip64: true })],
    ['zip with a comment', zipArchive([{ name: 'a.csv', content: Buffer.from(CSV) }], 'PK\x05\x06 of us')],
    [
      'zip made by macOS, with a folder and what Finder adds',
      zipArchive([
        { name: 'list/', content: Buffer.alloc(0), method: 'stored' },
        { name: 'list/customers.csv', content: Buffer.from(CSV) },
        { name: '__MACOSX/list/._customers.csv', content: Buffer.from('x') },
        { name: 'list/.DS_Store', content: Buffer.from('x') },
      ]),
    ],
    ['UTF-16 little-endian with a mark', Buffer.from(`\ufeff${CSV}`, 'utf16le')],
    ['UTF-16 big-endian with a mark', utf16be(`\ufeff${CSV}`)],
    ['UTF-16 little-endian without a mark', Buffer.from(CSV, 'utf16le')],
    ['UTF-16 big-endian without a mark', utf16be(CSV)],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${CSV}`, 'utf16le'))],
    ['zip of UTF-16', zipArchive([{ name: 'a.txt', content: utf16be(`\ufeff${CSV}`) }])],
  ])('%s', async (_, bytes) => {
    expect((await expanded(bytes)).toString()).toBe(CSV);
  });

  it('of Windows-1252 keeps its bytes: the encoding is found when it is read', async () => {
    const bytes = Buffer.from('Téléphone\n+442071838750\n', 'latin1');
    expect(await expanded(gzipSync(bytes))).toEqual(bytes);
  });

  it('whatever pieces it is read in', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }).map((some) => `a,b\n${some}`);
    const pieces = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    const pack = fc.constantFrom<(text: string) => Buffer>(
      (some) => gzipSync(some),
      (some) => zipOf(some),
      (some) => zipOf(some, { method: 'stored' }),
      (some) => Buffer.from(`\ufeff${some}`, 'utf16le'),
      (some) => utf16be(`\ufeff${some}`),
      (some) => gzipSync(utf16be(`\ufeff${some}`)),
    );
    await fc.assert(
      fc.asyncProperty(text, pieces, pack, async (original, sizes, packed) => {
        expect((await expanded(packed(original), sizes)).equals(Buffer.from(original))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('with zeros behind a gzip, whatever pieces it is read in', async () => {
    const member = gzipSync(CSV);
    const bytes = Buffer.concat([member, Buffer.alloc(512)]);
    for (const pieces of [[1], [member.length], [member.length - 1, 2]]) {
      expect((await expanded(bytes, pieces)).toString()).toBe(CSV);
    }
  });

  it('stops when it is asked to', async () => {
    const stop = new AbortController();
    const packed = gzipSync(CSV.repeat(20_000));
    const chunks = expandUpload(packedInPieces(packed), 'gzip', stop.signal);
    await chunks.next();
    stop.abort(new Error('the run was cancelled'));
    await expect(chunks.next()).rejects.toThrow('the run was cancelled');
  });
});

describe('plain text', () => {
  it.each(['', 'a', 'Email\nanna@example.com\n', '\ufeffEmail\n', 'PK,Email\n1,a@example.com\n', 'é'])(
    'is not taken for packed: %j',
    (text) => {
      expect(detectPacking(Buffer.from(text))).toBeNull();
    },
  );
});

describe('an archive that cannot be used is refused in plain words', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['holds no file', zipArchive([]), 'archive_without_one_file', 'no file'],
    [
      'holds a folder only',
      zipArchive([{ name: 'list/', content: Buffer.alloc(0) }]),
      'archive_without_one_file',
      'no file',
    ],
    [
      'holds several',
      zipArchive([
        { name: 'a.csv', content: Buffer.from(CSV) },
        { name: 'b.csv', content: Buffer.from(CSV) },
      ]),
      'archive_without_one_file',
      '2 files',
    ],
    ['has a password', zipOf(CSV, { encrypted: true }), 'encrypted_archive', 'password'],
    [
      'is a workbook',
      zipArchive([
        { name: '[Content_Types].xml', content: Buffer.from('<Types/>') },
        { name: 'xl/workbook.xml', content: Buffer.from('<workbook/>') },
      ]),
      'not_text',
      'CSV UTF-8',
    ],
    [
      'is an OpenDocument sheet',
      zipArchive([
        { name: 'mimetype', content: Buffer.from('application/vnd.oasis.opendocument.spreadsheet') },
        { name: 'META-INF/manifest.xml', content: Buffer.from('<manifest/>') },
      ]),
      'not_text',
      'OpenDocument',
    ],
    ['is a zip that was cut off', zipOf(CSV).subarray(0, -30), 'damaged_archive', 'end is missing'],
    ['is a gzip that was cut off', gzipSync(CSV.repeat(50)).subarray(0, 100), 'damaged_archive', 'cut off'],
    ['is a gzip of three bytes', Buffer.from('1f8b08', 'hex'), 'damaged_archive', 'cut off'],
    [
      'is UTF-16 that was cut off',
      Buffer.from(`\ufeff${CSV}`, 'utf16le').subarray(0, -1),
      'damaged_encoding',
      'UTF-16',
    ],
  ])('that %s', async (_, bytes, code, words) => {
    expect(await refusal(bytes)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('that holds other bytes than were packed', async () => {
    for (const archive of [zipOf(CSV, { method: 'stored' }), gzipSync(CSV, { level: 0 })]) {
      const changed = Buffer.from(archive);
      const at = changed.indexOf('anna');
      changed.write('otto', at);
      expect(await refusal(changed)).toMatchObject({ code: 'damaged_archive' });
    }
  });

  it.each<[string, Buffer]>([
    ['another member behind zeros', Buffer.concat([Buffer.alloc(512), gzipSync(CSV)])],
    ['another member behind one zero', Buffer.concat([Buffer.alloc(1), gzipSync(CSV)])],
    ['other bytes behind zeros', Buffer.concat([Buffer.alloc(512), Buffer.from('more')])],
    ['other bytes', Buffer.from('more')],
    ['the beginning of a member', gzipSync(CSV).subarray(0, 2)],
  ])('that is a gzip with %s behind its end, whatever pieces it is read in', async (_, behind) => {
    const member = gzipSync(CSV);
    const bytes = Buffer.concat([member, behind]);
    for (const pieces of [[65_536], [1], [member.length, 1, 65_536], [member.length, behind.length]]) {
      await expect(expanded(bytes, pieces)).rejects.toMatchObject({ code: 'damaged_archive' });
    }
    // A head that reaches to the end has seen it too.
    await expect(expandHead(packedInPieces(bytes), 'gzip', 1_000)).rejects.toMatchObject({
      code: 'damaged_archive',
    });
  });

  it.each(['gzip', 'zip'])(
    'that unpacks to far more than a list of customers can: a %s bomb',
    async (kind) => {
      const zeros = Buffer.alloc(101_000_000, 'a');
      const bomb = kind === 'gzip' ? gzipSync(zeros) : zipArchive([{ name: 'a.csv', content: zeros }]);
      expect(await refusal(bomb)).toMatchObject({
        code: 'expands_too_far',
        message: expect.stringContaining('100,000,000'),
      });
    },
  );

  it('and never in another way than with a sentence, whatever is changed in it', async () => {
    const originals = [zipOf(CSV), zipOf(CSV, { zip64: true }), gzipSync(CSV)];
    const change = fc.record({
      original: fc.constantFrom(...originals),
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ original, at, bytes, keep }) => {
        const changed = Buffer.from(original);
        changed.set(bytes.subarray(0, changed.length - (at % changed.length)), at % changed.length);
        const cut = changed.subarray(0, Math.max(4, Math.round(keep * 2 * changed.length)));
        if (detectPacking(cut) === null) return;
        try {
          await expanded(cut);
        } catch (error) {
          expect(error).toBeInstanceOf(CustomerFileError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('and its failures hold no value and no name of a file', async () => {
    const canary = 'Kanarienvogel';
    const content = Buffer.from(`Email\n${canary}@example.com\n`);
    const damaged = zipArchive([{ name: `${canary}.csv`, content, method: 'stored' }]);
    damaged.write('x', damaged.indexOf('Email'));
    const several = zipArchive([1, 2].map((n) => ({ name: `${canary}${n}.csv`, content })));
    for (const archive of [damaged, several, zipArchive([{ name: canary, content, encrypted: true }])]) {
      const error = await refusal(archive);
      expect(`${error.stack}${JSON.stringify(error.toProblem())}`).not.toContain(canary);
    }
  });
});

describe('the head of a packed upload', () => {
  it('is the beginning of its text, and small files are known whole', async () => {
    const padded = Buffer.concat([gzipSync(CSV), Buffer.alloc(512)]);
    for (const bytes of [gzipSync(CSV), padded, zipOf(CSV), Buffer.from(`\ufeff${CSV}`, 'utf16le')]) {
      const head = await expandHead(packedInPieces(bytes), packingOf(bytes), 1_000);
      expect(head.bytes.toString()).toBe(CSV);
      expect(head.size).toBe(head.bytes.length);
    }
  });

  it('needs no more than the beginning of the archive, and tells about how large the text is', async () => {
    const rows = Array.from(
      { length: 200_000 },
      (_, n) => `${(n * 7_919) % 999_983}@example.com,${n}\n`,
    ).join('');
    const whole = gzipSync(rows);
    let read = 0;
    const counting: PackedBytes = {
      size: whole.length,
      async *read(start, end) {
        for await (const chunk of packedInPieces(whole, [4_096]).read(start, end)) {
          read += chunk.length;
          yield chunk;
        }
      },
    };
    const head = await expandHead(counting, 'gzip', 100_000);
    expect(head.bytes.toString()).toBe(rows.slice(0, 100_000));
    expect(read).toBeLessThan(whole.length / 4);
    expect(head.size / rows.length).toBeGreaterThan(0.5);
    expect(head.size / rows.length).toBeLessThan(2);
  });
});
