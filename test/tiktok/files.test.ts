import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { builtModule, outputOf, startNode } from '../storage/built-module.js';
import { ADVERTISER, APP_SECRET, rejectionOf, smallFile, TOKEN } from './every-call.js';
import { type ScriptedServer, startScriptedServer, success } from './scripted-server.js';

const appId = '7000000000000000000';
const PEAK_MEMORY = new URL('../support/peak-memory.mjs', import.meta.url).href;

describe('the upload of a file', () => {
  let server: ScriptedServer;
  let client: TikTokClient;
  let folder: string;
  beforeAll(async () => {
    server = await startScriptedServer();
    client = createTikTokClient({ apiUrl: server.apiUrl, appId, appSecret: APP_SECRET });
    folder = await mkdtemp(join(tmpdir(), 'tiktok-files-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    server.forget();
    server.reply({ json: success({ file_path: 'f19fa450136c460f' }) });
  });

  it('gives its path and request id', async () => {
    expect(await client.uploadFile(TOKEN, smallFile())).toEqual({
      filePath: 'f19fa450136c460f',
      requestId: '2026052619053192C958E205C050714A1F',
      warning: null,
    });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '/open_api/v1.3/dmp/custom_audience/file/upload/',
    });
    expect(server.requests[0]?.headers['access-token']).toBe(TOKEN);
  });

  it('sends exactly the fields, headers and bytes of a multipart form, with its length', async () => {
    await client.uploadFile(TOKEN, smallFile());
    const [request] = server.requests;
    const boundary = /^multipart\/form-data; boundary=([\w-]{1,70})$/.exec(
      request?.headers['content-type'] ?? '',
    )?.[1];
    expect(String(request?.body)).toBe(
      [
        `--${boundary}`,
        'Content-Disposition: form-data; name="advertiser_id"',
        '',
        ADVERTISER,
        `--${boundary}`,
        'Content-Disposition: form-data; name="file_signature"',
        '',
        '60b725f10c9c85c70d97880dfe8191b3',
        `--${boundary}`,
        'Content-Disposition: form-data; name="calculate_type"',
        '',
        'EMAIL_SHA256',
        `--${boundary}`,
        'Content-Disposition: form-data; name="file"; filename="part-0001.csv"',
        'Content-Type: text/csv',
        '',
        'a\nb\n',
        `--${boundary}--`,
        '',
      ].join('\r\n'),
    );
    expect(request?.headers['content-length']).toBe(String(request?.size));
    expect(request?.headers).not.toHaveProperty('transfer-encoding');
  });

  it('carries any bytes in any chunks as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), async (chunks) => {
        const bytes = Buffer.concat(chunks);
        server.forget();
        await client.uploadFile(TOKEN, {
          ...smallFile(),
          size: bytes.length,
          open: async () => Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
        });
        const body = server.requests[0]?.body ?? Buffer.alloc(0);
        const start = body.indexOf('text/csv\r\n\r\n') + 'text/csv\r\n\r\n'.length;
        expect(body.subarray(start, start + bytes.length).equals(bytes)).toBe(true);
        expect(body.subarray(start + bytes.length, start + bytes.length + 4).toString()).toBe('\r\n--');
      }),
      { numRuns: 40 },
    );
  });

  it.each([3, 5, 0])('is broken off when the file holds 4 bytes and %i were announced', async (size) => {
    const error = await rejectionOf(client.uploadFile(TOKEN, { ...smallFile(), size }));
    expect(error).toMatchObject({
      name: 'TikTokError',
      class: 'file',
      details: { code: null, httpStatus: null },
    });
    expect(server.requests).toEqual([]);
  });

  it('fails with the error of the storage when that cannot read on', async () => {
    const broken = new Error('the disk is gone');
    const stream = new Readable({
      read() {
        this.destroy(broken);
      },
    });
    expect(await rejectionOf(client.uploadFile(TOKEN, { ...smallFile(), open: async () => stream }))).toBe(
      broken,
    );
    expect(
      await rejectionOf(client.uploadFile(TOKEN, { ...smallFile(), open: () => Promise.reject(broken) })),
    ).toBe(broken);
    expect(server.requests).toEqual([]);
  });

  it('closes the file when TikTok breaks the connection', async () => {
    server.reply('reset');
    const path = join(folder, 'closed');
    await writeFile(path, Buffer.alloc(1_000_000));
    const stream = createReadStream(path);
    const file = { ...smallFile(), size: 1_000_000, open: async () => stream };
    expect(await rejectionOf(client.uploadFile(TOKEN, file))).toMatchObject({ class: 'transient' });
    await expect.poll(() => stream.closed).toBe(true);
  });

  it.each(['customers.xlsx', 'part.csv.zip', 'a"b.csv', 'a\r\nX: y.csv', '../part.csv', '.csv', 'part.CSV'])(
    'is refused under the name %j',
    async (fileName) => {
      const error = await rejectionOf(client.uploadFile(TOKEN, { ...smallFile(), fileName }));
      expect(error).toMatchObject({ class: 'file', message: expect.stringContaining('.csv or .txt') });
      expect(server.requests).toEqual([]);
    },
  );

  it('of 200 MB takes hardly more memory than one of 1 MB', async () => {
    const peakAfter = async (size: number): Promise<number> => {
      const path = join(folder, `${size}.csv`);
      await writeFile(path, '');
      await truncate(path, size);
      // A process of its own: its peak is not mixed up with that of the server and the tests.
      const output = await outputOf(
        startNode(`
          import { createReadStream } from 'node:fs';
          import { peakBytes } from ${JSON.stringify(PEAK_MEMORY)};
          import { createTikTokClient } from ${JSON.stringify(builtModule('tiktok/create-client.js'))};
          const client = createTikTokClient({ apiUrl: ${JSON.stringify(server.apiUrl)}, appId: '1', appSecret: 's' });
          await client.uploadFile('token', {
            advertiserId: '1', calculateType: 'EMAIL_SHA256', fileName: 'part.csv', md5: 'x', size: ${size},
            open: async () => createReadStream(${JSON.stringify(path)}),
          });
          console.log(peakBytes());
        `),
      );
      return Number(output);
    };
    const small = await peakAfter(1_000_000);
    const large = await peakAfter(200_000_000);
    expect(server.requests.map(({ size }) => size)).toEqual([expect.any(Number), expect.any(Number)]);
    expect(server.requests[1]?.size).toBeGreaterThan(200_000_000);
    expect(large - small).toBeLessThan(100_000_000);
  });

  it('streams a large file whole', async () => {
    const line = Buffer.from(`${'0123456789abcdef'.repeat(4)}\n`);
    const chunk = Buffer.concat(Array.from({ length: 1_000 }, () => line));
    const chunks = 300;
    server.forget();
    await client.uploadFile(TOKEN, {
      ...smallFile(),
      size: chunk.length * chunks,
      open: async () => Readable.from(Array.from({ length: chunks }, () => chunk)),
    });
    const [request] = server.requests;
    const boundary = request?.headers['content-type']?.split('boundary=')[1];
    const opening = String(request?.body).split('text/csv\r\n\r\n')[0];
    const expected = createHash('md5').update(`${opening}text/csv\r\n\r\n`);
    for (let n = 0; n < chunks; n++) expected.update(chunk);
    expect(request?.md5).toBe(expected.update(`\r\n--${boundary}--\r\n`).digest('hex'));
  });
});
