import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { uploadKey } from '../../src/activation/object-keys.js';
import { authorization, type NewConnection, newConnection } from '../../src/api/schemas/connection.js';
import { startApi } from '../../src/api/start-api.js';
import { findActivation, markDispatched, recordEnd } from '../../src/database/activations.js';
import { newId } from '../../src/database/ids.js';
import { claimPart, findPart } from '../../src/database/preparation-parts.js';
import { leasePreparation, storeSplit } from '../../src/database/preparations.js';
import { findUpload } from '../../src/database/uploads.js';
import { openStore } from '../../src/storage/open-store.js';
import { newActivation } from '../database/fresh-database.js';
import { CUSTOMERS } from './support/activation-fixtures.js';
import { RecordingRuns } from './support/recording-runs.js';
import { capturingLogger, type RunningApi, runApi } from './support/running-api.js';

const HOUR_MS = 3_600_000;
/** Longer than anything is kept. */
const WRONG_BY_MS = 60 * 24 * HOUR_MS;

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterEach(() => vi.useRealTimers());
afterAll(() => api.stop());

type Begun = Pick<NewConnection, 'authorizationUrl'>;

function putClockWrong(byMs: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
}

it('an API on a machine whose clock is two months ahead deletes nothing before its time', async () => {
  const uploadId = await api.upload(CUSTOMERS);
  const store = await openStore(api.settings.storageUrl);
  // Of an upload that no table knows: only the sweep deletes it, after whatever has expired.
  const stray = uploadKey('upl_00000000000000000000');
  await store.put(stray, Readable.from(['half a file']));
  const longAgo = new Date(Date.now() - 48 * HOUR_MS);
  await utimes(join(api.folder, 'objects', stray), longAgo, longAgo);

  putClockWrong(WRONG_BY_MS);
  const { logger } = capturingLogger();
  const other = await startApi(api.settings, new RecordingRuns(), logger);
  try {
    await expect.poll(() => store.stat(stray)).toBeNull();
  } finally {
    await other.stop();
  }
  expect(await findUpload(api.db, uploadId)).toMatchObject({ removed_at: null });
  expect(await store.stat(uploadKey(uploadId))).not.toBeNull();
});

it.each([WRONG_BY_MS, -WRONG_BY_MS])(
  'a sign-in and an invitation are good at an API whose clock is wrong by %i ms, whichever has begun them',
  async (byMs) => {
    const begin = async () =>
      newConnection.parse((await api.post('/v1/connections', { platform: 'tiktok-customer-file' })).body);
    const invite = async ({ id }: { id: string }) =>
      authorization.parse(
        (await api.post(`/v1/connections/${id}/authorizations`, { invitation: { from: 'Anna' } })).body,
      );
    const follow = async (signIn: Begun, invitation: Begun) => {
      expect((await api.signIn(signIn.authorizationUrl)).text).toContain('TikTok is connected');
      const { pathname, search } = new URL(invitation.authorizationUrl);
      expect((await api.get(pathname + search)).text).toContain('Anna asks you to sign in');
    };
    const there = await begin();
    const invitedThere = await invite(there);
    putClockWrong(byMs);
    const here = await begin();
    const invitedHere = await invite(here);
    await follow(there, invitedThere);
    vi.useRealTimers();
    await follow(here, invitedHere);
  },
);

it('a resumable upload goes on at an API whose clock is two months ahead', async () => {
  const content = Buffer.from('email\nsomebody@example.com\n');
  const created = await api.tus('POST', '/v1/uploads', { 'Upload-Length': String(content.length) });
  const path = new URL(created.headers.get('location') ?? '', api.url).pathname;
  putClockWrong(WRONG_BY_MS);
  expect((await api.tus('HEAD', path)).status).toBe(200);
});

it.each([WRONG_BY_MS, -WRONG_BY_MS])(
  "what a machine records whose clock is wrong by %i ms bears the database's time",
  async (byMs) => {
    const startedAt = Date.now();
    putClockWrong(byMs);
    const uploadId = await api.upload(CUSTOMERS);
    const activationId = await newActivation(api.db, { uploadId });
    await markDispatched(api.db, activationId);
    const preparation = {
      id: newId('pre'),
      key: activationId,
      uploadId,
      plan: {},
      activationId,
      earlier: null,
    };
    await leasePreparation(api.db, preparation);
    const part = { index: 0, start: 0, end: 1, firstLine: 1, firstRow: 1, rows: 1 };
    await storeSplit(api.db, preparation.id, { rows: 1, parts: [part] });
    await claimPart(api.db, preparation.id, 0, { activationId, forMs: 60_000 });
    await recordEnd(api.db, activationId, { phase: 'failed', failure: null, attention: null });
    vi.useRealTimers();

    const activation = await findActivation(api.db, activationId);
    const times = [
      (await findUpload(api.db, uploadId))?.completed_at,
      activation?.created_at,
      activation?.dispatched_at,
      activation?.finished_at,
      (await findPart(api.db, preparation.id, 0))?.claimed_until,
    ];
    for (const time of times) {
      // PostgreSQL and this process read the same clock; a minute is the claim's.
      expect(time?.getTime()).toBeGreaterThanOrEqual(startedAt - 1_000);
      expect(time?.getTime()).toBeLessThanOrEqual(Date.now() + 61_000);
    }
  },
);
