import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expandedKey, rejectedKey } from '../../src/activation/object-keys.js';
import { activation } from '../../src/api/schemas/activation.js';
import { upload } from '../../src/api/schemas/upload.js';
import { sweepExpiredUploads } from '../../src/api/sweeps/expired-uploads.js';
import { createUploads } from '../../src/api/uploads/uploads.js';
import { recordEnd } from '../../src/database/activations.js';
import { leasePreparation } from '../../src/database/preparations.js';
import { openStore } from '../../src/storage/open-store.js';
import { CUSTOMERS, readyToActivate } from './support/activation-fixtures.js';
import { idOfUpload } from './support/api-caller.js';
import { capturingLogger, type RunningApi, runApi } from './support/running-api.js';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

async function sweepIn(ms: number): Promise<void> {
  const { logger } = capturingLogger();
  const incoming = join(api.folder, 'incoming');
  const store = await openStore(api.settings.storageUrl);
  const uploads = createUploads({ db: api.db, store, incoming, logger });
  await sweepExpiredUploads({ db: api.db, uploads, logger }, new Date(Date.now() + ms));
}

async function incompleteUpload(): Promise<string> {
  return idOfUpload(await api.tus('POST', '/v1/uploads', { 'upload-length': '100' }));
}

const isThere = async (id: string) => (await api.get(`/v1/uploads/${id}`)).status === 200;

it('an incomplete upload expires after a day without progress, and with progress later', async () => {
  const idle = await incompleteUpload();
  const busy = await incompleteUpload();
  await api.db
    .updateTable('uploads')
    .set({ progressed_at: new Date(Date.now() - 2 * HOUR) })
    .where('id', 'in', [idle, busy])
    .execute();
  const offset = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  await api.tus('PATCH', `/v1/uploads/${busy}`, offset, 'abc');

  await sweepIn(DAY - 3 * HOUR);
  expect([await isThere(idle), await isThere(busy)]).toEqual([true, true]);
  await sweepIn(DAY - HOUR);
  expect([await isThere(idle), await isThere(busy)]).toEqual([false, true]);
  expect(await readdir(join(api.folder, 'incoming'))).toEqual([busy]);
  await sweepIn(DAY + HOUR);
  expect(await readdir(join(api.folder, 'incoming'))).toEqual([]);
});

it('a complete upload without a run expires seven days after its completion', async () => {
  const id = await api.upload(CUSTOMERS);
  const { expiresAt } = upload.parse((await api.get(`/v1/uploads/${id}`)).body);
  expect(Math.abs(Date.parse(expiresAt ?? '') - (Date.now() + 7 * DAY))).toBeLessThan(HOUR);
  await sweepIn(7 * DAY - HOUR);
  expect(await isThere(id)).toBe(true);
  await sweepIn(7 * DAY + HOUR);
  expect(await isThere(id)).toBe(false);
  expect(await readdir(join(api.folder, 'objects', 'uploads')).catch(() => [])).not.toContain(id);
});

it('an upload never expires under an open run, and seven days after the last one ended', async () => {
  const request = await readyToActivate(api);
  const { id } = activation.parse((await api.post('/v1/activations', request)).body);
  await sweepIn(365 * DAY);
  expect(await isThere(request.uploadId)).toBe(true);
  await recordEnd(api.db, id, { phase: 'completed', failure: null, attention: null });
  await api.db
    .updateTable('uploads')
    .set({ completed_at: new Date(Date.now() - 6 * DAY) })
    .execute();
  await sweepIn(2 * DAY);
  expect(await isThere(request.uploadId)).toBe(true);
  await sweepIn(7 * DAY + HOUR);
  expect(await isThere(request.uploadId)).toBe(false);
  // The run itself stays.
  expect((await api.get(`/v1/activations/${id}`)).status).toBe(200);
});

it('what a run expanded of a packed upload is deleted with the upload', async () => {
  const id = await api.upload(gzipSync(CUSTOMERS));
  const store = await openStore(api.settings.storageUrl);
  await store.put(
    expandedKey(id),
    (async function* () {
      yield Buffer.from(CUSTOMERS);
    })(),
  );
  await sweepIn(7 * DAY - HOUR);
  expect(await store.stat(expandedKey(id))).not.toBeNull();
  await sweepIn(7 * DAY + HOUR);
  expect(await store.stat(expandedKey(id))).toBeNull();
});

it('the lists of rejected rows are deleted with the upload', async () => {
  const request = await readyToActivate(api);
  const { id } = activation.parse((await api.post('/v1/activations', request)).body);
  const wanted = {
    id: 'pre_expired',
    key: 'expired',
    uploadId: request.uploadId,
    plan: {},
    earlier: null,
    activationId: id,
  };
  await leasePreparation(api.db, wanted);
  const store = await openStore(api.settings.storageUrl);
  const list = rejectedKey('pre_expired', 0);
  await store.put(
    list,
    (async function* () {
      yield Buffer.from('2,0,no_at_sign\n');
    })(),
  );
  await recordEnd(api.db, id, { phase: 'completed', failure: null, attention: null });
  await sweepIn(7 * DAY - HOUR);
  expect(await store.stat(list)).not.toBeNull();
  await sweepIn(7 * DAY + HOUR);
  expect(await store.stat(list)).toBeNull();
});

it('files that no upload knows are removed once they are a day old', async () => {
  const folder = join(api.folder, 'incoming');
  await writeFile(join(folder, 'upl_stray'), 'x');
  await sweepIn(0);
  expect(await readdir(folder)).toContain('upl_stray');
  const old = new Date(Date.now() - 2 * DAY);
  await utimes(join(folder, 'upl_stray'), old, old);
  await sweepIn(0);
  expect(await readdir(folder)).not.toContain('upl_stray');
});
