import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandedKey, partKey, rejectedKey, uploadKey } from '../../src/activation/object-keys.js';
import { inOneProcess } from '../../src/api/background-work.js';
import { activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { sweepAll } from '../../src/api/sweeps/sweep-all.js';
import { sweepUnusedPreparations } from '../../src/api/sweeps/unused-preparations.js';
import { createUploads } from '../../src/api/uploads/uploads.js';
import { recordEnd } from '../../src/database/activations.js';
import { newId } from '../../src/database/ids.js';
import { leasePreparation, releasePreparation } from '../../src/database/preparations.js';
import { openSessionLocks } from '../../src/database/session-locks.js';
import { giveUpUpload } from '../../src/database/uploads.js';
import { type ObjectStore, StorageError } from '../../src/storage/object-store.js';
import { openStore } from '../../src/storage/open-store.js';
import { CUSTOMERS, readyToActivate } from './support/activation-fixtures.js';
import { capturingLogger, type RunningApi, runApi } from './support/running-api.js';

const DAY = 24 * 60 * 60 * 1000;

let api: RunningApi;
let store: ObjectStore;
let request: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  store = await openStore(api.settings.storageUrl);
  request = await readyToActivate(api);
});
afterAll(() => api.stop());

async function sweepIn(ms: number): Promise<void> {
  const { logger } = capturingLogger();
  const incoming = join(api.folder, 'incoming');
  const uploads = createUploads({ db: api.db, store, incoming, logger });
  await sweepAll({ db: api.db, store, uploads, logger }, new Date(Date.now() + ms));
}

const put = (key: string) => store.put(key, bytes());
async function* bytes(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array([1]);
}

async function left(keys: readonly string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => store.stat(key)));
  return found.flatMap((object) => (object === null ? [] : [object.key]));
}

async function startedOn(uploadId: string): Promise<string> {
  return activation.parse((await api.post('/v1/activations', { ...request, uploadId })).body).id;
}

/** A run with a prepared part, ended or open. */
async function preparedBy(uploadId: string, phase: 'failed' | 'open', key: string = newId('pre')) {
  const activationId = await startedOn(uploadId);
  const wanted = { id: newId('pre'), key, uploadId, plan: {}, activationId, earlier: null };
  const { id } = await leasePreparation(api.db, wanted);
  await put(partKey(id, 0));
  await put(rejectedKey(id, 0));
  if (phase === 'failed') {
    await recordEnd(api.db, activationId, { phase, failure: null, attention: null });
  }
  return { activationId, preparationId: id, part: partKey(id, 0), rejected: rejectedKey(id, 0) };
}

describe('prepared parts', () => {
  it('of a failed run are kept for seven days, those of an open one for as long as it is open', async () => {
    const [uploadId, other] = [await api.upload(CUSTOMERS), await api.upload(CUSTOMERS)];
    const failed = await preparedBy(uploadId, 'failed');
    const open = await preparedBy(other, 'open');
    await sweepIn(6 * DAY);
    expect(await left([failed.part, open.part])).toEqual([failed.part, open.part]);
    await sweepIn(8 * DAY);
    await sweepIn(8 * DAY);
    expect(await left([failed.part, failed.rejected, open.part, open.rejected])).toEqual([
      open.part,
      open.rejected,
    ]);
  });

  it('of a failed run go with its upload', async () => {
    const uploadId = await api.upload(CUSTOMERS);
    const { part } = await preparedBy(uploadId, 'failed');
    await api.tus('DELETE', `/v1/uploads/${uploadId}`);
    await sweepIn(0);
    expect(await left([part])).toEqual([]);
  });

  it('are deleted also when those of another preparation cannot be', async () => {
    const parts: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const uploadId = await api.upload(CUSTOMERS);
      parts.push((await preparedBy(uploadId, 'failed')).part);
      await giveUpUpload(api.db, uploadId);
    }
    const remove = store.delete.bind(store);
    const refused: string[] = [];
    store.delete = async (key) => {
      if (refused.length > 0) return remove(key);
      refused.push(key);
      throw new StorageError('unavailable', 'The disk is broken.');
    };
    try {
      const { logger } = capturingLogger();
      await sweepUnusedPreparations({ db: api.db, store, logger }, new Date());
    } finally {
      store.delete = remove;
    }
    expect(refused).toHaveLength(1);
    expect(await left(parts)).toEqual(refused);
    await sweepIn(2 * DAY);
    expect(await left(parts)).toEqual([]);
  });

  it('that were kept for an open run go when that run has ended without them', async () => {
    const uploadId = await api.upload(CUSTOMERS);
    const undecided = await startedOn(uploadId);
    const { preparationId, activationId, part } = await preparedBy(uploadId, 'open');
    await recordEnd(api.db, activationId, { phase: 'completed', failure: null, attention: null });
    expect(await releasePreparation(api.db, preparationId, activationId)).toBe(false);
    await sweepIn(0);
    expect(await left([part])).toEqual([part]);
    await recordEnd(api.db, undecided, { phase: 'failed', failure: null, attention: null });
    await sweepIn(0);
    expect(await left([part])).toEqual([]);
  });
});

describe('lists of rejected rows', () => {
  it('stay while another upload with the same content is kept whose run shares them', async () => {
    const [uploadId, twin] = [await api.upload(CUSTOMERS), await api.upload(CUSTOMERS)];
    const { rejected } = await preparedBy(uploadId, 'failed', 'shared by twins');
    await preparedBy(twin, 'failed', 'shared by twins');
    await api.tus('DELETE', `/v1/uploads/${uploadId}`);
    await sweepIn(2 * DAY);
    expect(await left([rejected])).toEqual([rejected]);
    await api.tus('DELETE', `/v1/uploads/${twin}`);
    await sweepIn(2 * DAY);
    expect(await left([rejected])).toEqual([]);
  });

  it('go at once with the preparation itself, so that a later run on the same content makes its own', async () => {
    const [uploadId, twin] = [await api.upload(CUSTOMERS), await api.upload(CUSTOMERS)];
    const { part, rejected, preparationId } = await preparedBy(uploadId, 'failed', 'of twins');
    await api.tus('DELETE', `/v1/uploads/${uploadId}`);
    expect(await left([part, rejected])).toEqual([]);
    expect((await preparedBy(twin, 'open', 'of twins')).preparationId).not.toBe(preparationId);
  });
});

describe('objects and files that nobody knows', () => {
  it('are deleted after a day, and nothing else is', async () => {
    const uploadId = await api.upload(CUSTOMERS);
    const known = await preparedBy(uploadId, 'open');
    const kept = [uploadKey(uploadId), expandedKey(uploadId), known.part, known.rejected, 'elsewhere/file'];
    await put(expandedKey(uploadId));
    await put('elsewhere/file');
    const strays = [
      uploadKey('upl_00000000000000000000'),
      expandedKey('upl_00000000000000000000'),
      partKey('pre_00000000000000000000', 3),
      rejectedKey('pre_00000000000000000000', 3),
    ];
    for (const key of strays) await put(key);
    const [dead, alive] = [await store.scratchFile(), await store.scratchFile()];
    for (const path of [dead, alive]) await writeFile(path, 'half a file');
    const twoDaysAgo = new Date(Date.now() - 2 * DAY);
    await utimes(dead, twoDaysAgo, twoDaysAgo);

    await sweepIn(DAY / 2);
    expect(await left([...kept, ...strays])).toEqual([...kept, ...strays]);
    await sweepIn(2 * DAY);
    expect(await left([...kept, ...strays])).toEqual(kept);
    // By the clock that stamps it, which need not be PostgreSQL's, nobody has left the other one.
    expect(await readdir(join(api.folder, 'scratch'))).toEqual([basename(alive)]);
    await rm(alive);
  });
});

it('several API processes do not sweep at the same time', async () => {
  const open = () => openSessionLocks(api.databaseUrl, () => undefined);
  const [one, other] = [open(), open()];
  let atWork = 0;
  let most = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      inOneProcess(index % 2 === 0 ? one : other, 'a sweep', async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await sweepIn(0);
        atWork -= 1;
        done += 1;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(done).toBeGreaterThanOrEqual(1);
  await Promise.all([one.close(), other.close()]);
});
