import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/create-activities.js';
import { oneTimeName } from '../../src/activities/one-time-name.js';
import { preparePart } from '../../src/customer-file/prepare-part.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { acceptRetry } from '../../src/database/accept-activations.js';
import { progressOf } from '../../src/database/activation-progress.js';
import { findActivation, recordEnd, recordPhase } from '../../src/database/activations.js';
import { forgetDeliveries, listDeliveries } from '../../src/database/deliveries.js';
import { newId } from '../../src/database/ids.js';
import { findPublication } from '../../src/database/publications.js';
import { openSessionLocks } from '../../src/database/session-locks.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import type { AudienceDetails, TikTokClient } from '../../src/tiktok/client.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import { recordUpload } from '../support/recorded-upload.js';
import { type LocalActivities, localActivities } from './local-activities.js';
import { scriptedAccess } from './scripted-access.js';

const ROWS = 40;
const CUSTOMERS = Array.from({ length: ROWS }, (_, row) => `person.${row}@example.com\n`).join('');

/** Stops the first who passes, as a stopped process or a suspended machine would, until it is thawed. */
function freezing() {
  let thaw: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const thawed = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const frozen = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let first = true;
  return {
    frozen,
    thaw: () => thaw(),
    async pass() {
      if (!first) return;
      first = false;
      arrive();
      await thawed;
    },
  };
}

const passing = async () => undefined;

/** What this TikTok holds, and where a test stops whoever comes. */
const world = {
  audiences: [] as { audienceId: string; name: string }[],
  deleted: [] as string[],
  created: 0,
  canRename: true,
  details: { isValid: true, coverNum: 0 },
  beforeUse: passing as () => Promise<void>,
  beforeList: passing as () => Promise<void>,
  afterGet: passing as () => Promise<void>,
};

function detailsOf(audience: { audienceId: string; name: string }): AudienceDetails {
  return {
    ...audience,
    ...world.details,
    type: 'Customer File Audience',
    calculateType: null,
    isExpiring: false,
    isCreator: true,
    expiredTime: null,
    errorMessage: null,
    message: null,
    history: [],
  };
}

const scripted: Partial<TikTokClient> = {
  async createAudience(_token, { name }, _signal, letGo) {
    letGo?.();
    world.created += 1;
    const audienceId = `9000000${world.created}`;
    world.audiences.unshift({ audienceId, name });
    return { audienceId, requestId: null, warning: null };
  },
  async listAudiences() {
    await world.beforeList();
    const audiences = world.audiences.map(detailsOf);
    return { audiences, page: 1, totalPages: 1, total: audiences.length };
  },
  async getAudiences(_token, _advertiserId, ids) {
    const found = world.audiences.filter(({ audienceId }) => ids.includes(audienceId)).map(detailsOf);
    await world.afterGet();
    return found;
  },
  async renameAudience() {
    if (world.canRename) return;
    const details = { code: 40002, httpStatus: 200, requestId: null, endpoint: 'update/', advice: '' };
    throw new TikTokError('not_editable', 'the audience is being processed', details);
  },
  async deleteAudiences(_token, _advertiserId, ids) {
    world.deleted.push(...ids);
    world.audiences = world.audiences.filter(({ audienceId }) => !ids.includes(audienceId));
  },
};

const access = scriptedAccess(scripted, { beforeUse: () => world.beforeUse() });

let local: LocalActivities;
beforeAll(async () => {
  local = await localActivities({ access });
});
beforeEach(() => {
  Object.assign(world, {
    audiences: [],
    deleted: [],
    created: 0,
    canRename: true,
    details: { isValid: true, coverNum: 0 },
    beforeUse: passing,
    beforeList: passing,
    afterGet: passing,
  });
});

async function upload(activationId: string, paths: string): Promise<void> {
  const { activities, db } = local;
  const { parts } = await local.call(activities.splitUpload, { activationId, calculateType: null });
  expect(parts).toBeGreaterThan(2);
  for (let part = 0; part < parts; part++) {
    await local.call(activities.preparePart, { activationId, part });
    const filePath = `${paths}${part}`;
    await recordUpload(db, { activationId, partIndex: part, filePath, requestId: null, bytes: 1 });
  }
}

async function uploaded(): Promise<string> {
  const activationId = await local.newRun(CUSTOMERS);
  await upload(activationId, 'file');
  return activationId;
}

const publish = (activationId: string) =>
  local.call(local.activities.publishAudience, { activationId, repeats: 0, goAhead: false });

async function ageParts(activationId: string, ...parts: number[]): Promise<void> {
  await local.db
    .updateTable('deliveries')
    .set({ uploaded_at: sql<Date>`now() - interval '13 hours'` })
    .where('activation_id', '=', activationId)
    .where('part_index', 'in', parts)
    .execute();
}

describe('an attempt to publish', () => {
  it('that dies after it has forgotten old files is followed by one that asks for the same parts', async () => {
    const id = await uploaded();
    await ageParts(id, 1);
    expect(await publish(id)).toEqual({ next: 'upload_again', parts: [1], lost: false });
    expect(await publish(id)).toEqual({ next: 'upload_again', parts: [1], lost: false });
    await recordUpload(local.db, {
      activationId: id,
      partIndex: 1,
      filePath: 'new',
      requestId: null,
      bytes: 1,
    });
    expect(await publish(id)).toMatchObject({ next: 'done' });
  });

  it('takes files that grew old while others were uploaded again, so that a slow line comes to an end', async () => {
    const id = await uploaded();
    await ageParts(id, 0);
    const asked = { activationId: id, repeats: 0, renewed: true, goAhead: false };
    expect(await local.call(local.activities.publishAudience, asked)).toMatchObject({ next: 'done' });
  });

  it('that forgets files late leaves alone what was uploaded again meanwhile', async () => {
    const id = await uploaded();
    const old = (await listDeliveries(local.db, id)).map((delivery) => delivery.file_path);
    await forgetDeliveries(local.db, id, old);
    await upload(id, 'new');
    await forgetDeliveries(local.db, id, old);
    const left = (await listDeliveries(local.db, id)).map((delivery) => delivery.file_path);
    expect(left.every((path) => path.startsWith('new'))).toBe(true);
    expect(left).toHaveLength(old.length);
  });

  it('that was frozen until its run was ended and retried makes no second audience', async () => {
    const id = await uploaded();
    const { frozen, thaw, pass } = freezing();
    world.beforeUse = pass;
    const late = publish(id);
    await frozen;
    await recordEnd(local.db, id, { phase: 'failed', failure: { code: 'terminated' }, attention: null });
    const retry = await acceptRetry(local.db, { id: newId('act'), of: id });
    if (retry === null) throw new Error('the retry was refused');
    await upload(retry.activationId, 'again');
    expect(await publish(retry.activationId)).toMatchObject({ next: 'done' });
    thaw();
    await expect(late).rejects.toMatchObject({ type: 'run_is_over', nonRetryable: false });
    expect(world.audiences).toHaveLength(1);
    expect(await findPublication(local.db, id)).toBeUndefined();
  });

  it('that looks late does not delete the audience that another one has taken for its own', async () => {
    const id = await uploaded();
    world.canRename = false;
    await local.db
      .insertInto('publications')
      .values({ activation_id: id, action: 'create', one_time_name: 'x', sends: 2, send_before: new Date() })
      .execute();
    const name = oneTimeName('Spring buyers', id);
    world.audiences = [{ audienceId: '1', name }];
    const { frozen, thaw, pass } = freezing();
    world.beforeList = pass;
    const late = publish(id);
    await frozen;
    expect(await publish(id)).toMatchObject({ next: 'done' });
    // TikTok shows the audience of the other request only now, and ahead of the first.
    world.audiences.unshift({ audienceId: '2', name });
    thaw();
    await late;
    expect((await findPublication(local.db, id))?.audience_id).toBe('1');
    expect(world.audiences).toEqual([{ audienceId: '1', name }]);
    expect(world.deleted).toEqual(['2']);
  });
});

it('a look at the audience that comes after the end of the run changes nothing', async () => {
  const id = await uploaded();
  await publish(id);
  const poll = () =>
    local.call(local.activities.pollAudience, { activationId: id, elapsedMs: 60_000, nextLookInMs: 1 });
  world.details = { isValid: false, coverNum: 0 };
  const { frozen, thaw, pass } = freezing();
  world.afterGet = pass;
  const late = poll();
  await frozen;
  world.details = { isValid: true, coverNum: 5_000 };
  expect(await poll()).toEqual({ settled: true });
  await local.call(local.activities.endActivation, {
    activationId: id,
    outcome: 'completed',
    failure: null,
  });
  thaw();
  await late;
  expect(await findActivation(local.db, id)).toMatchObject({
    audience_state: 'ready',
    audience_matched: 5_000,
  });
});

describe('a split', () => {
  /** The activities of a worker that is frozen when it wants to read the upload. */
  function frozenWorker() {
    const freeze = freezing();
    const materialise: ObjectStore['materialise'] = async (key, range) => {
      await freeze.pass();
      return local.store.materialise(key, range);
    };
    const store = new Proxy(local.store, {
      get(target, name) {
        if (name === 'materialise') return materialise;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const locks = openSessionLocks(local.databaseUrl, () => undefined);
    const engine = { splitUpload, preparePart };
    const activities = createActivities({ db: local.db, locks, store, access, engine, partBytes: 1_000 });
    return { ...freeze, activities, close: () => locks.close() };
  }

  it('that was frozen until the run had ended leaves its report as it is, and holds nothing', async () => {
    const { db, activities } = local;
    const activationId = await local.newRun(CUSTOMERS);
    const worker = frozenWorker();
    const late = local.call(worker.activities.splitUpload, { activationId, calculateType: null });
    await worker.frozen;
    await upload(activationId, 'file');
    await local.call(activities.endActivation, { activationId, outcome: 'completed', failure: null });
    const report = (await progressOf(db, [activationId])).get(activationId);
    expect(report).toMatchObject({ rowsRead: ROWS, rowsSent: ROWS });
    worker.thaw();
    await expect(late).rejects.toMatchObject({ type: 'run_is_over' });
    await worker.close();
    expect((await progressOf(db, [activationId])).get(activationId)).toEqual(report);
    expect(
      await db
        .selectFrom('preparation_leases')
        .selectAll()
        .where('activation_id', '=', activationId)
        .execute(),
    ).toEqual([]);
  });

  it('that was frozen while another one changed the plan does not forget what was uploaded by the new one', async () => {
    const { db, activities } = local;
    const activationId = await local.newRun(CUSTOMERS);
    await local.call(activities.splitUpload, { activationId, calculateType: null });
    const planned = (await findActivation(db, activationId))?.preparation_id;
    if (planned == null) throw new Error('there is no preparation');
    await db
      .updateTable('preparations')
      .set({ key: 'of an earlier engine', plan: sql`jsonb_set(plan::jsonb, '{engine}', '0'::jsonb)` })
      .where('id', '=', planned)
      .execute();
    const worker = frozenWorker();
    const late = local.call(worker.activities.splitUpload, { activationId, calculateType: null });
    await worker.frozen;
    await upload(activationId, 'new');
    const deliveries = await listDeliveries(db, activationId);
    worker.thaw();
    await late;
    await worker.close();
    expect(await listDeliveries(db, activationId)).toEqual(deliveries);
  });
});

it('a record of a phase that comes after a later one of the same run changes nothing', async () => {
  const { db } = local;
  const id = await local.newRun(CUSTOMERS);
  const step = (number: number, runId = 'first run') => ({ runId, number });
  const phase = async () => (await findActivation(db, id))?.phase;
  await recordPhase(db, id, { phase: 'publishing', attention: null, step: step(7) });
  await recordPhase(db, id, { phase: 'waiting_for_reconnect', attention: { code: 'x' }, step: step(9) });
  await recordPhase(db, id, { phase: 'publishing', attention: null, step: step(7) });
  expect(await phase()).toBe('waiting_for_reconnect');
  // A run that continues as new, or that was reset, counts its steps anew.
  await recordPhase(db, id, { phase: 'publishing', attention: null, step: step(2, 'second run') });
  expect(await phase()).toBe('publishing');
});
