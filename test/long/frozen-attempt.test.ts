import type { ChildProcess } from 'node:child_process';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSecond } from '../service/second-process.js';
import {
  ADVERTISER,
  customers,
  type SandboxAudience,
  startTestStack,
  type TestStack,
} from '../service/test-stack.js';

let product: TestStack;
let database: pg.Client;
let secondWorker: ChildProcess | undefined;
beforeAll(async () => {
  product = await startTestStack();
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  database = new pg.Client({ connectionString: product.stack.addresses.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  secondWorker?.kill('SIGKILL');
  await database?.end();
  await product?.stop();
});

interface AudienceInside extends SandboxAudience {
  readonly operations: readonly { readonly action: string; readonly state: string }[];
}

const audiences = () => product.admin<AudienceInside[]>('GET', 'audiences');
const updates = async () =>
  (await product.admin<unknown[]>('GET', 'calls?endpoint=dmp/custom_audience/update/')).length;
const completed = (id: string) => product.until(id, ({ phase }) => phase === 'completed');

describe('an attempt that is frozen between its record and its request sends nothing when it wakes up', () => {
  it('after another attempt has created the audience: there is one', async () => {
    const connectionId = await product.connect();
    const uploadId = await product.upload(customers(500));
    const begin = (name: string) =>
      product.activate({
        uploadId,
        connectionId,
        advertiserId: ADVERTISER,
        audience: { action: 'create', name },
      });
    const { frozen, id } = await freeze(() => begin('Frozen'));
    expect(await audiences()).toEqual([]);

    await takeOver();
    await expect.poll(async () => (await audiences()).length, { timeout: 300_000 }).toBe(1);
    expect(await sends(id)).toBe(2);
    const done = await completed(id);
    await wakeUp(frozen, () => begin('Afterwards'));
    const frozenOnes = (await audiences()).filter(({ name }) => name.startsWith('Frozen'));
    expect(frozenOnes).toMatchObject([{ audience_id: done.audience.id, name: 'Frozen', members: 500 }]);
    const created = await product.admin<unknown[]>('GET', 'calls?endpoint=dmp/custom_audience/create/');
    expect(created).toHaveLength(2);
  }, 480_000);

  it('after another attempt has changed the audience: it is changed once', async () => {
    const connectionId = await product.connect();
    const begin = async (audience: object, content: string) =>
      product.activate({
        uploadId: await product.upload(content),
        connectionId,
        advertiserId: ADVERTISER,
        audience,
      });
    const base = await begin({ action: 'create', name: 'Base' }, customers(500));
    const audienceId = (await completed(base.id)).audience.id ?? '';
    const replace = { action: 'replace', audienceId, confirmCurrentSize: 0 };
    const before = await updates();
    const { frozen, id } = await freeze(() => begin(replace, customers(300)));
    expect(await updates()).toBe(before);

    await takeOver();
    await expect.poll(updates, { timeout: 300_000 }).toBe(before + 1);
    expect(await sends(id)).toBe(2);
    await completed(id);
    // A replacement that woke up now would undo this change, too.
    await wakeUp(frozen, () => begin({ action: 'append', audienceId }, customers(400)));
    expect(await updates()).toBe(before + 2);
    const changed = (await audiences()).find(({ audience_id }) => audience_id === audienceId);
    expect(changed).toMatchObject({
      members: 400,
      operations: ['CREATE', 'REPLACE', 'APPEND'].map((action) => ({ action, state: 'applied' })),
    });
  }, 480_000);
});

/** Begins a run and stops the worker that has recorded that it is about to ask TikTok, before it asks. */
async function freeze(
  begin: () => Promise<{ readonly id: string }>,
): Promise<{ frozen: number; id: string }> {
  // The record is written while the worker stands still: it waits for this lock.
  await database.query('BEGIN');
  await database.query('LOCK TABLE publications IN EXCLUSIVE MODE');
  const { id } = await begin();
  await expect.poll(waitsForLock).toBe(true);
  const worker = product.stack.processes().get('worker');
  if (worker === undefined) throw new Error('there is no worker');
  process.kill(worker.pid, 'SIGSTOP');
  await database.query('COMMIT');
  await expect.poll(() => sends(id)).toBe(1);
  return { frozen: worker.pid, id };
}

async function takeOver(): Promise<void> {
  secondWorker = (await startSecond(product, 'worker')).process;
}

/**
 * Lets the frozen worker go on alone, and ends when a run is done that only it can do: it has long gone on then with
 * what it was at.
 */
async function wakeUp(frozen: number, begin: () => Promise<{ readonly id: string }>): Promise<void> {
  secondWorker?.kill('SIGKILL');
  process.kill(frozen, 'SIGCONT');
  await completed((await begin()).id);
}

async function waitsForLock(): Promise<boolean> {
  const { rows } = await database.query(
    "SELECT 1 FROM pg_locks WHERE relation = 'publications'::regclass AND NOT granted",
  );
  return rows.length > 0;
}

async function sends(activationId: string): Promise<number> {
  const { rows } = await database.query<{ sends: number }>(
    'SELECT sends FROM publications WHERE activation_id = $1',
    [activationId],
  );
  return rows[0]?.sends ?? 0;
}
