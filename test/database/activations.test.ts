import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  acceptActivations,
  acceptRetry,
  findByIdempotencyKey,
} from '../../src/database/accept-activations.js';
import { progressOf } from '../../src/database/activation-progress.js';
import { endWaiting, recordWaiting } from '../../src/database/activation-waits.js';
import {
  findActivation,
  markDispatched,
  openActivationsOf,
  recordEnd,
  recordPhase,
  undispatchedActivations,
} from '../../src/database/activations.js';
import { listDeliveries, recordDelivery } from '../../src/database/deliveries.js';
import { newId } from '../../src/database/ids.js';
import type { Database } from '../../src/database/open-database.js';
import { findPublication, recordPublished, recordSend } from '../../src/database/publications.js';
import { findUpload, giveUpUpload, holdUpload } from '../../src/database/uploads.js';
import { recordUpload } from '../support/recorded-upload.js';
import { freshDatabase, newActivation, newConnection, newPreparation, newUpload } from './fresh-database.js';

let db: Database;
let uploadId: string;
let connectionId: string;
beforeAll(async () => {
  db = await freshDatabase();
  [uploadId, connectionId] = await Promise.all([newUpload(db), newConnection(db)]);
});

function accept(key: string, requestDigest: string) {
  const activation = { id: newId('act'), uploadId, connectionId, advertiserId: '7', request: {} };
  return acceptActivations(db, [activation], { key, requestDigest });
}

describe('an idempotency key', () => {
  it('stands for one activation, also for requests at the same moment', async () => {
    const acceptances = await Promise.all(Array.from({ length: 20 }, () => accept('key', 'digest')));
    expect(acceptances.filter(({ kind }) => kind === 'accepted').length).toBe(1);
    expect(acceptances.filter(({ kind }) => kind === 'repeated').length).toBe(19);
    expect(
      new Set(acceptances.flatMap((each) => ('activationIds' in each ? each.activationIds : []))).size,
    ).toBe(1);
    expect(await accept('key', 'another digest')).toEqual({ kind: 'key_used_for_another_request' });
  });

  it('is free again when its first request failed', async () => {
    const sound = { id: newId('act'), uploadId, connectionId, advertiserId: '7', request: {} };
    const broken = { ...sound, id: newId('act'), connectionId: 'con_none' };
    await expect(
      acceptActivations(db, [sound, broken], { key: 'later', requestDigest: 'd' }),
    ).rejects.toThrow();
    expect(await findActivation(db, sound.id)).toBeUndefined();
    expect((await accept('later', 'd')).kind).toBe('accepted');
  });
});

describe('an upload whose time is over', () => {
  it('is not given up while a run of it is being accepted, and takes no run once it is', async () => {
    const id = await newUpload(db);
    const activation = { id: newId('act'), uploadId: id, connectionId, advertiserId: '7', request: {} };
    // As an acceptance that has looked at the upload and not recorded its run yet.
    let givenUp: Promise<boolean> | undefined;
    await db.transaction().execute(async (tx) => {
      expect(await holdUpload(tx, id)).toBe(true);
      givenUp = giveUpUpload(db, id);
      await expect.poll(waitsForRow).toBe(true);
      await tx
        .insertInto('activations')
        .values({
          id: activation.id,
          upload_id: id,
          connection_id: connectionId,
          advertiser_id: '7',
          request: '{}',
          phase: 'queued',
        })
        .execute();
    });
    expect(await givenUp).toBe(false);
    expect((await findUpload(db, id))?.removed_at).toBeNull();

    await db.deleteFrom('activations').where('upload_id', '=', id).execute();
    expect(await giveUpUpload(db, id)).toBe(true);
    const key = { key: 'of a given up upload', requestDigest: 'd' };
    expect(await acceptActivations(db, [activation], key)).toEqual({ kind: 'upload_gone' });
    expect(await findByIdempotencyKey(db, key)).toBeNull();
  });

  it('is not tried again either', async () => {
    const id = await newUpload(db);
    const run = await newActivation(db, { uploadId: id, connectionId });
    await recordEnd(db, run, { phase: 'failed', failure: null, attention: null });
    expect(await giveUpUpload(db, id)).toBe(true);
    expect(await acceptRetry(db, { id: newId('act'), of: run })).toBeNull();
  });
});

async function waitsForRow(): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
    db,
  );
  return rows.length > 0;
}

describe('what a run records', () => {
  it('says nothing new after its end, and the first end stands', async () => {
    const id = await newActivation(db, { uploadId, connectionId });
    await recordPhase(db, id, { phase: 'delivering', attention: null, step: null });
    await recordWaiting(db, id, { kind: 'matching', until: null });
    await recordEnd(db, id, { phase: 'completed', failure: null, attention: null });
    await recordPhase(db, id, { phase: 'publishing', attention: { code: 'x' }, step: null });
    await recordWaiting(db, id, { kind: 'matching', until: null });
    await recordEnd(db, id, { phase: 'failed', failure: { code: 'x' }, attention: null });
    expect(await findActivation(db, id)).toMatchObject({
      phase: 'completed',
      waiting: null,
      failure: null,
      attention: null,
    });
  });

  it('forgets what was delivered of a preparation that it has left, also what is recorded late', async () => {
    const id = await newActivation(db, { uploadId, connectionId });
    const filesAfter = async (preparationId: string, filePath: string) => {
      await recordDelivery(db, {
        activationId: id,
        preparationId,
        partIndex: 0,
        filePath,
        requestId: null,
        bytes: 5,
      });
      return (await listDeliveries(db, id)).map(({ file_path }) => file_path);
    };
    const left = await newPreparation(db, id);
    expect(await filesAfter(left, 'of the first')).toEqual(['of the first']);
    const present = await newPreparation(db, id);
    expect(await filesAfter(left, 'late')).toEqual([]);
    expect(await filesAfter(present, 'of the second')).toEqual(['of the second']);
  });

  it('counts a part once that is delivered twice, and lets a publication be sent once', async () => {
    const id = await newActivation(db, { uploadId, connectionId });
    await newPreparation(db, id);
    const delivery = { activationId: id, partIndex: 0, requestId: null, bytes: 5 };
    await recordUpload(db, { ...delivery, filePath: 'first' });
    await recordUpload(db, { ...delivery, filePath: 'second' });
    const rows = await db.selectFrom('deliveries').selectAll().where('activation_id', '=', id).execute();
    expect(rows.map(({ file_path }) => file_path)).toEqual(['first']);

    const intent = {
      activationId: id,
      action: 'create',
      oneTimeName: 'name',
      audienceId: null,
      historyBefore: null,
    };
    const atOnce = (seenSends: number) =>
      Promise.all([1, 2, 3].map(() => recordSend(db, intent, seenSends, 15_000)));
    expect((await atOnce(0)).filter((send) => send !== null)).toEqual([1]);
    expect((await atOnce(1)).filter((send) => send !== null)).toEqual([2]);
    await recordPublished(db, id, { audienceId: '1', requestId: null, warning: null, doubted: false });
    await recordPublished(db, id, { audienceId: '2', requestId: null, warning: null, doubted: true });
    expect(await findPublication(db, id)).toMatchObject({ audience_id: '1', doubted_at: null });
    expect(await recordSend(db, intent, 2, 15_000)).toBeNull();
  });

  it('has a progress before there is a preparation', async () => {
    const id = await newActivation(db, { uploadId, connectionId });
    expect((await progressOf(db, [id])).get(id)).toMatchObject({
      rowsTotal: 0,
      partsTotal: 0,
      bytesTotal: 10,
    });
    expect(await progressOf(db, [])).toEqual(new Map());
  });
});

describe('what an open run waits for', () => {
  const HOUR_MS = 3_600_000;
  const reconnect = { code: 'reconnect_tiktok' };

  async function waitingFor(kind: string, inMs: number, phase: string): Promise<string> {
    const id = await newActivation(db, { uploadId, connectionId });
    await recordPhase(db, id, { phase, attention: null, step: null });
    await recordWaiting(db, id, { kind, until: new Date(Date.now() + inMs) });
    return id;
  }

  /** The kind of the wait after each of the phases. */
  async function afterPhases(id: string, phases: readonly string[]): Promise<(string | null)[]> {
    const seen: (string | null)[] = [];
    for (const phase of phases) {
      const attention = phase === 'waiting_for_reconnect' ? reconnect : null;
      await recordPhase(db, id, { phase, attention, step: null });
      seen.push(await kindOf(id));
    }
    return seen;
  }

  async function kindOf(id: string): Promise<string | null> {
    const { kind } = await db
      .selectFrom('activations')
      .select(sql<string | null>`waiting->>'kind'`.as('kind'))
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return kind;
  }

  it.each([
    ['rate_limit', 'delivering', ['paused', 'delivering', 'paused']],
    ['rate_limit', 'delivering', ['waiting_for_reconnect', 'paused', 'waiting_for_reconnect', 'delivering']],
    ['matching', 'matching', ['paused', 'matching', 'paused']],
  ])('%s goes on in the phase %s under what lies over it: %j', async (kind, working, phases) => {
    const id = await waitingFor(kind, HOUR_MS, working);
    expect(await afterPhases(id, phases)).toEqual(phases.map(() => kind));
    await recordEnd(db, id, { phase: 'canceled', failure: null, attention: null });
    expect(await kindOf(id)).toBeNull();
  });

  it('a sign-in that is asked for, and made, under a pause ends no wait for the limits', async () => {
    const id = await waitingFor('rate_limit', HOUR_MS, 'paused');
    for (const attention of [reconnect, null]) {
      await recordPhase(db, id, { phase: 'paused', attention, step: null });
      expect(await kindOf(id)).toBe('rate_limit');
    }
  });

  it('a step that is tried again after its record has arrived ends no wait', async () => {
    const id = await waitingFor('rate_limit', HOUR_MS, 'delivering');
    const record = (number: number) =>
      recordPhase(db, id, { phase: 'paused', attention: null, step: { runId: 'run', number } });
    await record(7);
    await record(7);
    expect(await kindOf(id)).toBe('rate_limit');
    await record(8);
    expect(await kindOf(id)).toBeNull();
  });

  it.each(['delivering', 'paused', 'waiting_for_reconnect'])(
    'the run says that its wait for the limits is over by recording the phase %s again',
    async (phase) => {
      const id = await waitingFor('rate_limit', HOUR_MS, 'publishing');
      await recordPhase(db, id, {
        phase,
        attention: phase === 'waiting_for_reconnect' ? reconnect : null,
        step: null,
      });
      await recordWaiting(db, id, { kind: 'rate_limit', until: new Date(Date.now() + HOUR_MS) });
      expect(await afterPhases(id, [phase])).toEqual([null]);
    },
  );

  it.each([
    ['the limits', 'rate_limit', HOUR_MS, 'delivering', 'publishing'],
    ['the next look', 'matching', HOUR_MS, 'matching', 'reporting'],
    ['the next look', 'matching', HOUR_MS, 'matching', 'waiting_for_reconnect'],
    ['the next look', 'matching', HOUR_MS, 'paused', 'waiting_for_reconnect'],
    ['TikTok', 'tiktok_unavailable', HOUR_MS, 'delivering', 'paused'],
    ['limits that allow calls again', 'rate_limit', -1_000, 'delivering', 'paused'],
    ['a look that is due', 'matching', -1_000, 'paused', 'matching'],
  ])('a wait for %s (%s, %i ms) ends between the phases %s and %s', async (_, kind, inMs, from, to) => {
    const id = await waitingFor(kind, inMs, from);
    expect(await afterPhases(id, [to])).toEqual([null]);
  });

  it('a wait without an end is over with the phase', async () => {
    const id = await waitingFor('matching', HOUR_MS, 'matching');
    await recordWaiting(db, id, { kind: 'matching', until: null });
    expect(await afterPhases(id, ['paused'])).toEqual([null]);
  });

  it.each([
    ['rate_limit', HOUR_MS, 'rate_limit'],
    ['rate_limit', 5_000, null],
    ['rate_limit', -1_000, null],
    ['storage', HOUR_MS, null],
    ['matching', 5_000, 'matching'],
  ])('%s for %i ms is, after a success of one lane: %s', async (kind, inMs, left) => {
    const id = await waitingFor(kind, inMs, 'delivering');
    await endWaiting(db, id, ['rate_limit', 'storage'], 10_000);
    expect(await kindOf(id)).toBe(left);
  });
});

it('open and undispatched activations are found until they are dispatched or over', async () => {
  const connection = await newConnection(db);
  const [first, second] = [
    await newActivation(db, { uploadId, connectionId: connection }),
    await newActivation(db, { uploadId, connectionId: connection }),
  ];
  const openIds = async () => (await openActivationsOf(db, connection)).map(({ id }) => id);
  const waitingIds = async () =>
    (await undispatchedActivations(db, new Date(Date.now() + 1_000)))
      .filter(({ connection_id }) => connection_id === connection)
      .map(({ id }) => id);
  expect(await openIds()).toEqual([first, second]);
  expect(await waitingIds()).toEqual([first, second]);
  expect(await undispatchedActivations(db, new Date(0))).toEqual([]);
  await markDispatched(db, first);
  await recordEnd(db, second, { phase: 'canceled', failure: null, attention: null });
  expect(await openIds()).toEqual([first]);
  expect(await waitingIds()).toEqual([]);
});
