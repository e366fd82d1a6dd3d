import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Upload as TusUpload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upload as uploadSchema } from '../../src/api/schemas/upload.js';
import { idOfUpload, problemOf, until } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi({ maxUploadBytes: 1_000_000 });
});
afterAll(() => api.stop());

const OFFSET_STREAM = { 'content-type': 'application/offset+octet-stream' };
const FILE = 'email\nanna.adler.0@example.com\n';

async function create(size: number, headers: Record<string, string> = {}): Promise<string> {
  return idOfUpload(await api.tus('POST', '/v1/uploads', { 'upload-length': String(size), ...headers }));
}

async function view(id: string) {
  return uploadSchema.parse((await api.get(`/v1/uploads/${id}`)).body);
}

describe('an upload by the tus protocol', () => {
  it('says in OPTIONS what it can do, and offers neither checksums nor a deferred length', async () => {
    const answer = await api.call('/v1/uploads', { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('tus-version')).toBe('1.0.0');
    expect(answer.headers.get('tus-extension')?.split(',').sort()).toEqual([
      'creation',
      'creation-with-upload',
      'expiration',
      'termination',
    ]);
    expect(answer.headers.get('tus-max-size')).toBe('1000000');
  });

  it('has an address that is right by whatever name, scheme or proxy the client has come', async () => {
    const answer = await api.tus('POST', '/v1/uploads', { 'upload-length': '10' });
    expect(answer.headers.get('location')).toMatch(/^\/v1\/uploads\/upl_[0-9a-z]{20}$/);
  });

  it('can be created with its bytes in one request, and is complete with its digest then', async () => {
    const id = await api.upload(FILE, 'customers.csv');
    const upload = await view(id);
    expect(upload).toMatchObject({
      filename: 'customers.csv',
      size: FILE.length,
      received: FILE.length,
      complete: true,
      digest: createHash('sha256').update(FILE).digest('hex'),
    });
    expect(await readFile(join(api.folder, 'objects', 'uploads', id), 'utf8')).toBe(FILE);
    expect(await readdir(join(api.folder, 'incoming'))).not.toContain(id);
  });

  it('arrives in pieces, and tells how far it is in between', async () => {
    const id = await create(10);
    const first = await api.tus(
      'PATCH',
      `/v1/uploads/${id}`,
      { ...OFFSET_STREAM, 'upload-offset': '0' },
      'abcd',
    );
    expect(first.status).toBe(204);
    expect(first.headers.get('upload-offset')).toBe('4');
    expect(first.headers.get('upload-expires')).toMatch(/ GMT$/);
    expect(await view(id)).toMatchObject({ size: 10, received: 4, complete: false, digest: null });

    const head = await api.tus('HEAD', `/v1/uploads/${id}`);
    expect(head.headers.get('upload-offset')).toBe('4');
    expect(head.headers.get('upload-length')).toBe('10');

    const last = await api.tus(
      'PATCH',
      `/v1/uploads/${id}`,
      { ...OFFSET_STREAM, 'upload-offset': '4' },
      'efghij',
    );
    expect(last.headers.get('upload-offset')).toBe('10');
    expect(await readFile(join(api.folder, 'objects', 'uploads', id), 'utf8')).toBe('abcdefghij');
  });

  it('refuses bytes at another offset with 409 and keeps what it has', async () => {
    const id = await create(10);
    await api.tus('PATCH', `/v1/uploads/${id}`, { ...OFFSET_STREAM, 'upload-offset': '0' }, 'abcd');
    const answer = await api.tus(
      'PATCH',
      `/v1/uploads/${id}`,
      { ...OFFSET_STREAM, 'upload-offset': '2' },
      'xx',
    );
    expect(answer.status).toBe(409);
    expect(problemOf(answer).code).toBe('offset_conflict');
    expect(await view(id)).toMatchObject({ received: 4 });
  });

  it('keeps what arrived before the connection broke', async () => {
    const size = 500_000;
    const id = await create(size);
    const half = request(`${api.url}/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...OFFSET_STREAM, 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-length': size },
    });
    half.on('error', () => undefined);
    half.write(Buffer.alloc(200_000, 'x'));
    await until(async () => (await view(id)).received > 0);
    half.destroy();

    const head = await api.tus('HEAD', `/v1/uploads/${id}`);
    const offset = Number(head.headers.get('upload-offset'));
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThanOrEqual(200_000);
    const rest = Buffer.alloc(size - offset, 'x');
    const answer = await api.tus(
      'PATCH',
      `/v1/uploads/${id}`,
      { ...OFFSET_STREAM, 'upload-offset': String(offset) },
      rest,
    );
    expect(answer.status).toBe(204);
    expect((await view(id)).digest).toBe(createHash('sha256').update(Buffer.alloc(size, 'x')).digest('hex'));
  });

  it('is done by an ordinary tus client', async () => {
    const content = Buffer.from('phone\n+12015550100\n'.repeat(20_000));
    const url = await new Promise<string | null>((resolve, reject) => {
      const upload = new TusUpload(content, {
        endpoint: `${api.url}/v1/uploads`,
        chunkSize: 100_000,
        metadata: { filename: 'phones.csv' },
        onError: reject,
        onSuccess: () => resolve(upload.url),
      });
      upload.start();
    });
    expect(await view(url?.split('/').at(-1) ?? '')).toMatchObject({
      complete: true,
      filename: 'phones.csv',
    });
  });

  it('is immutable once it is complete', async () => {
    const id = await api.upload(FILE);
    for (const offset of [0, FILE.length]) {
      const answer = await api.tus(
        'PATCH',
        `/v1/uploads/${id}`,
        { ...OFFSET_STREAM, 'upload-offset': String(offset) },
        'more',
      );
      expect(answer.status).toBeGreaterThanOrEqual(400);
      problemOf(answer);
    }
    expect(await readFile(join(api.folder, 'objects', 'uploads', id), 'utf8')).toBe(FILE);
  });

  it('answers a repeated last request of a complete upload as it did before', async () => {
    const id = await api.upload(FILE);
    const answer = await api.tus('PATCH', `/v1/uploads/${id}`, {
      ...OFFSET_STREAM,
      'upload-offset': String(FILE.length),
    });
    expect(answer.status).toBe(204);
    const head = await api.tus('HEAD', `/v1/uploads/${id}`);
    expect(head.headers.get('upload-offset')).toBe(String(FILE.length));
  });

  it('is finished when it is whole on the disk and the process died before it noted that', async () => {
    const id = await create(FILE.length);
    await writeFile(join(api.folder, 'incoming', id), FILE);
    expect(await view(id)).toMatchObject({
      complete: true,
      digest: createHash('sha256').update(FILE).digest('hex'),
    });
    expect(await readdir(join(api.folder, 'incoming'))).not.toContain(id);
  });

  it('is finished when it is in its place and the process died before it noted that', async () => {
    const id = await create(FILE.length);
    const folder = join(api.folder, 'objects', 'uploads');
    await mkdir(folder, { recursive: true });
    await writeFile(join(api.folder, 'incoming', id), FILE);
    await rename(join(api.folder, 'incoming', id), join(folder, id));
    const head = await api.tus('HEAD', `/v1/uploads/${id}`);
    expect(head.headers.get('upload-offset')).toBe(String(FILE.length));
    const views = await Promise.all(Array.from({ length: 5 }, () => view(id)));
    for (const upload of views) expect(upload).toMatchObject({ complete: true, size: FILE.length });
  });

  it('whose file was lost is gone: the client begins anew, and it can be deleted', async () => {
    const id = await create(10);
    await api.tus('PATCH', `/v1/uploads/${id}`, { ...OFFSET_STREAM, 'upload-offset': '0' }, 'abcd');
    await rm(join(api.folder, 'incoming', id));
    expect((await api.tus('HEAD', `/v1/uploads/${id}`)).status).toBe(410);
    const more = { ...OFFSET_STREAM, 'upload-offset': '4' };
    const answer = await api.tus('PATCH', `/v1/uploads/${id}`, more, 'efghij');
    expect(problemOf(answer)).toMatchObject({ status: 410, code: 'upload_gone' });
    expect((await api.tus('DELETE', `/v1/uploads/${id}`)).status).toBe(204);
    expect((await api.get(`/v1/uploads/${id}`)).status).toBe(404);
  });

  it('that is refused while the client still sends is answered, and not cut off', async () => {
    const answer = await api.tus(
      'POST',
      '/v1/uploads',
      { ...OFFSET_STREAM, 'upload-length': '20000000' },
      Buffer.alloc(20_000_000),
    );
    expect(problemOf(answer)).toMatchObject({
      status: 413,
      code: 'upload_too_large',
      detail: expect.stringContaining('1,000,000 bytes at most. Split it'),
    });
  });

  it('can be empty', async () => {
    const id = await create(0);
    expect(await view(id)).toMatchObject({ size: 0, complete: true });
  });

  it('takes the name of the file without its folders and control characters', async () => {
    const id = await api.upload(FILE, 'C:\\fakepath\\our\tcustomers.csv');
    expect((await view(id)).filename).toBe('ourcustomers.csv');
  });

  it.each([
    ['no Tus-Resumable', 'POST', {}, 412],
    ['another version', 'POST', { 'tus-resumable': '0.2.2', 'upload-length': '1' }, 412],
    ['no length', 'POST', { 'tus-resumable': '1.0.0' }, 400],
    ['a length that is no number', 'POST', { 'tus-resumable': '1.0.0', 'upload-length': 'ten' }, 400],
    ['a deferred length', 'POST', { 'tus-resumable': '1.0.0', 'upload-defer-length': '1' }, 501],
    ['more than the largest size', 'POST', { 'tus-resumable': '1.0.0', 'upload-length': '1000001' }, 413],
  ])('refuses %s with a problem', async (_name, method, headers, status) => {
    const answer = await api.call('/v1/uploads', { method, headers: headers as Record<string, string> });
    expect(answer.status).toBe(status);
    expect(problemOf(answer).status).toBe(status);
  });

  it('names its version in the refusal of another one, and tells what it can do whatever is asked', async () => {
    const id = await create(4);
    const headers = { 'tus-resumable': '0.2.2' };
    const answer = await api.call(`/v1/uploads/${id}`, { method: 'DELETE', headers });
    expect(problemOf(answer)).toMatchObject({ status: 412, code: 'unsupported_tus_version' });
    expect(answer.headers.get('tus-version')).toBe('1.0.0');
    expect(answer.headers.get('tus-resumable')).toBe('1.0.0');
    expect((await api.call(`/v1/uploads/${id}`, { method: 'HEAD', headers })).status).toBe(412);
    expect((await api.call(`/v1/uploads/${id}`, { method: 'OPTIONS', headers })).status).toBe(204);
    expect(await view(id)).toMatchObject({ received: 0 });
  });

  it('refuses more bytes than were announced', async () => {
    const id = await create(4);
    const answer = await api.tus(
      'PATCH',
      `/v1/uploads/${id}`,
      { ...OFFSET_STREAM, 'upload-offset': '0' },
      'abcdefgh',
    );
    expect(answer.status).toBe(413);
    expect(problemOf(answer)).toMatchObject({
      code: 'upload_too_large',
      detail: expect.stringContaining('Upload-Length'),
    });
    expect((await view(id)).received).toBe(0);
  });

  it('says before the first byte that the disk would be full', async () => {
    const roomy = await runApi({ maxUploadBytes: Number.MAX_SAFE_INTEGER });
    try {
      const answer = await roomy.tus('POST', '/v1/uploads', { 'upload-length': '900000000000000' });
      expect(answer.status).toBe(507);
      expect(problemOf(answer).code).toBe('storage_full');
      expect((await roomy.get('/v1/uploads')).body).toEqual({ data: [], nextCursor: null });
    } finally {
      await roomy.stop();
    }
  });

  it.each(['upl_00000000000000000000', 'no-id', '..%2F..%2Fetc'])('knows no upload %s', async (id) => {
    expect((await api.get(`/v1/uploads/${id}`)).status).toBe(404);
    expect((await api.tus('HEAD', `/v1/uploads/${id}`)).status).toBe(404);
    expect((await api.tus('DELETE', `/v1/uploads/${id}`)).status).toBe(404);
  });
});
