import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspection } from '../../src/api/schemas/inspection.js';
import { CUSTOMERS } from './support/activation-fixtures.js';
import { idOfUpload, problemOf } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

const OFFSET_STREAM = { 'content-type': 'application/offset+octet-stream' };
const FILE = 'email\nanna.adler.0@example.com\n';

async function create(size: number): Promise<string> {
  return idOfUpload(await api.tus('POST', '/v1/uploads', { 'upload-length': String(size) }));
}

describe('the content of an upload', () => {
  it('cannot be downloaded, by no method and at no address', async () => {
    const id = await api.upload(FILE);
    const incomplete = await create(100);
    await api.tus('PATCH', `/v1/uploads/${incomplete}`, { ...OFFSET_STREAM, 'upload-offset': '0' }, FILE);
    for (const path of [
      `/v1/uploads/${id}`,
      `/v1/uploads/${incomplete}`,
      `/v1/uploads/${id}/content`,
      `/v1/uploads/${id}.json`,
      `/incoming/${incomplete}`,
      `/docs/..%2f..%2f${id}`,
      '/v1/uploads',
    ]) {
      for (const headers of [
        {},
        { 'tus-resumable': '1.0.0' },
        { accept: 'application/octet-stream', range: 'bytes=0-9' },
      ]) {
        const answer = await api.get(path, headers as Record<string, string>);
        expect(answer.text).not.toContain('anna');
      }
    }
  });
});

describe('deleting an upload', () => {
  it('removes the content of a complete and of an incomplete one', async () => {
    const complete = await api.upload(FILE);
    const incomplete = await create(100);
    for (const id of [complete, incomplete]) {
      expect((await api.tus('DELETE', `/v1/uploads/${id}`)).status).toBe(204);
      expect((await api.get(`/v1/uploads/${id}`)).status).toBe(404);
      expect((await api.tus('HEAD', `/v1/uploads/${id}`)).status).toBe(410);
    }
    expect(await readdir(join(api.folder, 'incoming'))).not.toContain(incomplete);
    expect(await readdir(join(api.folder, 'objects', 'uploads')).catch(() => [])).not.toContain(complete);
  });
});

describe('the list of uploads', () => {
  it('has the newest first and goes on at the cursor', async () => {
    const ids = [await api.upload(FILE), await api.upload(FILE), await api.upload(FILE)];
    const first = await api.get('/v1/uploads?limit=2');
    expect(first.body).toMatchObject({ data: [{ id: ids[2] }, { id: ids[1] }] });
    const { nextCursor } = first.body as { nextCursor: string };
    const second = await api.get(`/v1/uploads?limit=1&cursor=${encodeURIComponent(nextCursor)}`);
    expect(second.body).toMatchObject({ data: [{ id: ids[0] }] });
  });

  it.each(['limit=0', 'limit=many', 'cursor=x'])('refuses ?%s', async (query) => {
    const answer = await api.get(`/v1/uploads?${query}`);
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ code: 'invalid_query' });
  });
});

describe('the inspection of an upload', () => {
  it('proposes columns and shows masked samples only', async () => {
    const id = await api.upload('Email,City\nanna.adler.0@example.com,Bonn\nben.adler.0@example.org,Rome\n');
    const answer = await api.get(`/v1/uploads/${id}/inspection`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dialect: { delimiter: ',', header: true },
      columns: [{ index: 0, header: 'Email', proposal: { identifier: 'email' } }, { index: 1 }],
      chosen: [{ index: 0, identifier: 'email' }],
    });
    expect(answer.text).not.toContain('anna.adler.0@example.com');
  });

  it('points out consent columns, and predicts rows and parts', async () => {
    const id = await api.upload(CUSTOMERS);
    const answer = await api.get(`/v1/uploads/${id}/inspection`);
    expect(answer.body).toMatchObject({
      columns: [
        { consent: null },
        {
          consent: {
            values: [
              { value: 'yes', rows: 2 },
              { value: 'no', rows: 1 },
            ],
          },
        },
      ],
      predicted: { rows: 3, parts: 1 },
    });
    expect(inspection.parse(answer.body)).toEqual(answer.body);
  });

  it('takes a mapping and a normalization profile', async () => {
    const id = await api.upload('Contact,City\nanna.adler.0@example.com,Bonn\n');
    const columns = encodeURIComponent(JSON.stringify({ '0': 'email' }));
    const answer = await api.get(
      `/v1/uploads/${id}/inspection?normalization=tiktok-2025-09&columns=${columns}`,
    );
    expect(answer.body).toMatchObject({ chosen: [{ index: 0, identifier: 'email' }] });
  });

  it('unpacks the head of a packed upload', async () => {
    const plain = await api.get(`/v1/uploads/${await api.upload(FILE)}/inspection`);
    const packed = await api.get(
      `/v1/uploads/${await api.upload(new Uint8Array(gzipSync(FILE)))}/inspection`,
    );
    expect(packed.status).toBe(200);
    expect(packed.body).toEqual(plain.body);
    const cut = await api.upload(new Uint8Array(gzipSync(FILE).subarray(0, -12)));
    expect(problemOf(await api.get(`/v1/uploads/${cut}/inspection`)).code).toBe('damaged_archive');
    expect(await readdir(join(api.folder, 'scratch')).catch(() => [])).toEqual([]);
  });

  it('is 409 for an upload that is not complete', async () => {
    const answer = await api.get(`/v1/uploads/${await create(100)}/inspection`);
    expect(answer.status).toBe(409);
    expect(problemOf(answer).code).toBe('upload_incomplete');
  });

  it('is 422 for a mapping that names no column, and for a file that is none', async () => {
    const id = await api.upload('Email\nanna.adler.0@example.com\n');
    const columns = encodeURIComponent(JSON.stringify({ Mail: 'email' }));
    expect(problemOf(await api.get(`/v1/uploads/${id}/inspection?columns=${columns}`)).code).toBe(
      'column_not_found',
    );
    const empty = await create(0);
    expect(problemOf(await api.get(`/v1/uploads/${empty}/inspection`)).code).toBe('empty_file');
  });
});
