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

const audiences = () => product.admin<SandboxAudience[]>('GET', 'audiences');

describe('an attempt to create an audience that is frozen between its record and its request', () => {
  it('sends nothing when it wakes up after another has taken its place: there is one audience', async () => {
    const connectionId = await product.connect();
    const uploadId = await product.upload(customers(500));
    // The record is written while the worker stands still: it waits for this lock.
    await database.query('BEGIN');
    await database.query('LOCK TABLE publications IN EXCLUSIVE MODE');
    const { id } = await product.activate({
      uploadId,
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Frozen' },
    });
    await expect.poll(waitsForLock).toBe(true);
    const frozen = product.stack.processes().get('worker');
    if (frozen === undefined) throw new Error('there is no worker');
    process.kill(frozen.pid, 'SIGSTOP');
    await database.query('COMMIT');
    await expect.poll(sends).toBe(1);
    expect(await audiences()).toEqual([]);

    secondWorker = (await startSecond(product, 'worker')).process;
    await expect.poll(async () => (await audiences()).length, { timeout: 300_000 }).toBe(1);
    expect(await sends()).toBe(2);
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    secondWorker.kill('SIGKILL');
    process.kill(frozen.pid, 'SIGCONT');

    // Only the worker that was frozen can do this one: when it is done, it has long gone on with what it was at.
    const other = await product.activate({
      uploadId,
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Afterwards' },
    });
    await product.until(other.id, ({ phase }) => phase === 'completed');
    const frozenOnes = (await audiences()).filter(({ name }) => name.startsWith('Frozen'));
    expect(frozenOnes).toMatchObject([{ audience_id: done.audience.id, name: 'Frozen', members: 500 }]);
    const created = await product.admin<unknown[]>('GET', 'calls?endpoint=dmp/custom_audience/create/');
    expect(created).toHaveLength(2);
  }, 480_000);
});

async function waitsForLock(): Promise<boolean> {
  const { rows } = await database.query(
    "SELECT 1 FROM pg_locks WHERE relation = 'publications'::regclass AND NOT granted",
  );
  return rows.length > 0;
}

async function sends(): Promise<number> {
  const { rows } = await database.query<{ sends: number }>(
    'SELECT sends FROM publications ORDER BY intended_at',
  );
  return rows[0]?.sends ?? 0;
}
