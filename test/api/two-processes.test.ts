import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi as StartedApi, startApi } from '../../src/api/start-api.js';
import { createUploads } from '../../src/api/uploads/uploads.js';
import { openStore } from '../../src/storage/open-store.js';
import { ApiCaller, idOfUpload, until } from './support/api-caller.js';
import { capturingLogger, type RunningApi, runApi } from './support/running-api.js';

const BYTES = 2_000_000;
const CHUNK = { 'content-type': 'application/offset+octet-stream' };

let one: RunningApi;
let second: StartedApi;
let other: ApiCaller;
beforeAll(async () => {
  one = await runApi();
  second = await startApi(one.settings, one.runs, capturingLogger().logger);
  other = new ApiCaller(`http://127.0.0.1:${second.port}`);
  await other.untilReady();
});
afterAll(async () => {
  await second.stop();
  await one.stop();
});

const create = async () =>
  idOfUpload(await one.tus('POST', '/v1/uploads', { 'upload-length': String(BYTES) }));

async function offsetOf(id: string): Promise<number> {
  return Number((await other.tus('HEAD', `/v1/uploads/${id}`)).headers.get('upload-offset'));
}

describe('two API processes on one database and one folder', () => {
  it('take the same bytes from two clients at the same moment only once', async () => {
    const content = randomBytes(BYTES);
    const id = await create();
    const send = (api: ApiCaller) =>
      api.tus('PATCH', `/v1/uploads/${id}`, { ...CHUNK, 'upload-offset': '0' }, new Uint8Array(content));
    const answers = await Promise.all(
      [send(one), send(other), send(one), send(other)].map((sent) => sent.catch(() => null)),
    );
    for (const answer of answers) expect([204, 400, 409, undefined]).toContain(answer?.status);
    for (let offset = await offsetOf(id); offset < BYTES; offset = await offsetOf(id)) {
      const headers = { ...CHUNK, 'upload-offset': String(offset) };
      await other.tus('PATCH', `/v1/uploads/${id}`, headers, new Uint8Array(content.subarray(offset)));
    }
    const { body } = await one.get(`/v1/uploads/${id}`);
    const digest = createHash('sha256').update(content).digest('hex');
    expect(body).toMatchObject({ complete: true, received: BYTES, digest });
  });

  it('a client that comes back to the other process takes over from its broken request', async () => {
    const content = randomBytes(BYTES);
    const id = await create();
    // Half of it, then silence: to the first process the client is still there.
    const stalled = request(`${one.url}/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...CHUNK, 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-length': BYTES },
    });
    stalled.on('error', () => undefined);
    stalled.write(content.subarray(0, BYTES / 2));
    await until(async () => {
      const { body } = await one.get(`/v1/uploads/${id}`);
      return typeof body === 'object' && body !== null && 'received' in body && body.received === BYTES / 2;
    });

    expect(await offsetOf(id)).toBe(BYTES / 2);
    const rest = await other.tus(
      'PATCH',
      `/v1/uploads/${id}`,
      { ...CHUNK, 'upload-offset': String(BYTES / 2) },
      new Uint8Array(content.subarray(BYTES / 2)),
    );
    expect(rest.status).toBe(204);
    stalled.destroy();
    const { body } = await one.get(`/v1/uploads/${id}`);
    const digest = createHash('sha256').update(content).digest('hex');
    expect(body).toMatchObject({ complete: true, digest });
  });

  it('finish an upload that is whole, all of them at the same moment', async () => {
    const content = randomBytes(BYTES);
    const id = await create();
    const incoming = join(one.folder, 'incoming');
    await writeFile(join(incoming, id), content);
    const store = await openStore(one.settings.storageUrl);
    const { logger } = capturingLogger();
    const processes = Array.from({ length: 8 }, () => createUploads({ db: one.db, store, incoming, logger }));

    await Promise.all(processes.map((uploads) => uploads.finish(id)));

    const { body } = await one.get(`/v1/uploads/${id}`);
    const digest = createHash('sha256').update(content).digest('hex');
    expect(body).toMatchObject({ complete: true, received: BYTES, digest });
  });
});
