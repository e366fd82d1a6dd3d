import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../src/customer-file/plan.js';
import { findActivation } from '../../src/database/activations.js';
import { listDeliveries } from '../../src/database/deliveries.js';
import { findPart } from '../../src/database/preparation-parts.js';
import { findPreparation } from '../../src/database/preparations.js';
import { recordUpload } from '../support/recorded-upload.js';
import { type LocalActivities, localActivities } from './local-activities.js';

const CONTENT = Array.from({ length: 40 }, (_, n) => `p${n}@example.com\n`).join('');

let local: LocalActivities;
beforeAll(async () => {
  local = await localActivities();
});

/** A run whose first part is prepared, by a plan that is then said to be of another engine. */
async function runPlannedBy(engine: number): Promise<{ activationId: string; preparationId: string }> {
  const { activities, db } = local;
  const activationId = await local.newRun(CONTENT);
  expect(await local.call(activities.splitUpload, { activationId, calculateType: null })).toMatchObject({
    parts: 3,
  });
  await local.call(activities.preparePart, { activationId, part: 0 });
  const preparationId = await preparationOf(activationId);
  await sql`update preparations set key = ${`of engine ${engine} ${activationId}`},
    plan = jsonb_set(plan::jsonb, '{engine}', ${String(engine)}::jsonb) where id = ${preparationId}`.execute(
    db,
  );
  return { activationId, preparationId };
}

async function preparationOf(activationId: string): Promise<string> {
  return (await findActivation(local.db, activationId))?.preparation_id ?? '';
}

async function keysBelow(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of local.store.list(prefix)) keys.push(key);
  return keys;
}

describe('a part that another version of the engine planned', () => {
  it.each([
    ['an earlier', ENGINE_VERSION - 1, { type: 'plan_outdated', nonRetryable: true }],
    ['a later', ENGINE_VERSION + 1, { type: 'worker_outdated', nonRetryable: false }],
  ])('is not made: %s version', async (_, engine, failure) => {
    const { activationId, preparationId } = await runPlannedBy(engine);
    await expect(local.call(local.activities.preparePart, { activationId, part: 1 })).rejects.toMatchObject(
      failure,
    );
    expect(await findPart(local.db, preparationId, 1)).toMatchObject({ prepared_at: null, claimed_by: null });
    // What was made by the version that planned it is still good.
    await local.call(local.activities.preparePart, { activationId, part: 0 });
  });

  it('of an earlier version is planned anew: nothing that was made or uploaded before is used', async () => {
    const { activationId, preparationId } = await runPlannedBy(ENGINE_VERSION - 1);
    const delivery = { activationId, partIndex: 0, filePath: 'abcd', requestId: null, bytes: 1 };
    await recordUpload(local.db, delivery);
    expect(await keysBelow(`parts/${preparationId}/`)).toHaveLength(1);

    const split = await local.call(local.activities.splitUpload, { activationId, calculateType: null });
    expect(split).toEqual({ rows: 40, parts: 3 });
    const anew = await preparationOf(activationId);
    expect(anew).not.toBe(preparationId);
    expect((await findPreparation(local.db, anew))?.plan).toMatchObject({ engine: ENGINE_VERSION });
    expect((await findPreparation(local.db, preparationId))?.discarded_at).not.toBeNull();
    expect(await keysBelow(`parts/${preparationId}/`)).toEqual([]);
    expect(await listDeliveries(local.db, activationId)).toEqual([]);
    await local.call(local.activities.preparePart, { activationId, part: 0 });
  });

  it('of a later version is left to a worker of that version', async () => {
    const { activationId, preparationId } = await runPlannedBy(ENGINE_VERSION + 1);
    await expect(
      local.call(local.activities.splitUpload, { activationId, calculateType: null }),
    ).rejects.toMatchObject({ type: 'worker_outdated', nonRetryable: false });
    expect(await preparationOf(activationId)).toBe(preparationId);
    expect(await keysBelow(`parts/${preparationId}/`)).toHaveLength(1);
  });
});
