import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSessionLocks, type SessionLocks } from '../../src/database/session-locks.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let one: SessionLocks;
let other: SessionLocks;
const warnings: Error[] = [];
const noteWarning = (warning: Error) => warnings.push(warning);
beforeAll(async () => {
  process.on('warning', noteWarning);
  database = await createTestDatabase();
  [one, other] = [0, 1].map(() => openSessionLocks(database.url, () => undefined)) as [
    SessionLocks,
    SessionLocks,
  ];
});
afterAll(async () => {
  process.off('warning', noteWarning);
  await Promise.all([one.close(), other.close()]);
  await database.drop();
});

describe('a lock', () => {
  it('is given to one holder among processes, and in one process, until it is released', async () => {
    const held = await one.tryLock('a');
    expect(held).not.toBeNull();
    expect(await one.tryLock('a')).toBeNull();
    expect(await other.tryLock('a')).toBeNull();
    const another = await other.tryLock('b');
    expect(another).not.toBeNull();
    await held?.release();
    await held?.release();
    const next = await other.tryLock('a');
    expect(next).not.toBeNull();
    expect(await one.tryLock('a')).toBeNull();
    await Promise.all([next?.release(), another?.release()]);
  });

  it('is given to exactly one of many who ask at the same moment', async () => {
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).tryLock('contended')),
    );
    const given = asked.filter((lock) => lock !== null);
    expect(given).toHaveLength(1);
    await given[0]?.release();
  });

  it('is one of many that are taken and given back at the same moment, whose queries take turns', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many ${index}`);
    const locks = await Promise.all(names.map((name) => one.tryLock(name)));
    expect(locks).not.toContain(null);
    await Promise.all(locks.map((lock) => lock?.release()));
    // Node warns once in a process, so that it may have been at an earlier test.
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });

  it('tells its holder when another process wants it', async () => {
    let wanted = 0;
    const held = await one.tryLock('wanted', () => {
      wanted += 1;
    });
    await other.want('wanted');
    await expect.poll(() => wanted).toBe(1);
    await one.want('wanted');
    expect(wanted).toBe(2);
    await held?.release();
  });

  it('is free again once the connection of its holder is gone, and the holder is told', async () => {
    let told = false;
    const held = await one.tryLock('lost', () => {
      told = true;
    });
    expect(held).not.toBeNull();
    await endOtherSessions();
    await expect.poll(() => told).toBe(true);
    // Its own connection was ended too, and it may not have noticed yet.
    const taken = await other.tryLock('lost').catch(() => other.tryLock('lost'));
    expect(taken).not.toBeNull();
    expect(await one.tryLock('lost')).toBeNull();
    await taken?.release();
  });
});

it('a lock is given back also when the connection was lost while it was being asked for', async () => {
  const { hostname, port } = new URL(database.url);
  let connections = 0;
  const lossy = createServer((near) => {
    connections += 1;
    if (connections === 1) {
      near.once('data', () => near.resetAndDestroy());
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  lossy.listen(0, '127.0.0.1');
  await once(lossy, 'listening');
  const address = lossy.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  const url = new URL(database.url);
  url.host = `127.0.0.1:${address.port}`;
  const locks = openSessionLocks(url.href, () => undefined);

  // The second one stands behind the first, whose connection is lost.
  const [first, second] = await Promise.allSettled([locks.tryLock('first'), locks.tryLock('second')]);
  expect(first.status).toBe('rejected');
  const held = second.status === 'fulfilled' ? second.value : null;
  expect(held).not.toBeNull();
  expect(await other.tryLock('second')).toBeNull();
  await held?.release();
  const taken = await other.tryLock('second');
  expect(taken).not.toBeNull();
  await taken?.release();
  await locks.close();
  lossy.close();
});

it('a lock of a process that is stopped is free again after a while, and one that is alive keeps its own', async () => {
  const program = new URL('./lock-holder.mjs', import.meta.url).pathname;
  const holder = spawn(process.execPath, [program, database.url, 'stopped', '6000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    const alive = openSessionLocks(database.url, () => undefined, { silentMs: 6_000 });
    const kept = await alive.tryLock('kept');
    expect(kept).not.toBeNull();
    expect(await other.tryLock('stopped')).toBeNull();
    holder.kill('SIGSTOP');
    await expect.poll(() => other.tryLock('stopped'), { timeout: 30_000 }).not.toBeNull();
    // The same time was over for it too.
    expect(await other.tryLock('kept')).toBeNull();
    await kept?.release();
    await alive.close();
  } finally {
    holder.kill('SIGKILL');
  }
}, 60_000);

async function endOtherSessions(): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}
