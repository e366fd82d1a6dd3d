import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { openSessionLocks } from '../../src/database/session-locks.js';
import { Line } from '../soak/network.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let line: Line;
beforeAll(async () => {
  database = await createTestDatabase();
  const { hostname: host, port } = new URL(database.url);
  line = await Line.open('to postgres', { host, port: Number(port) });
});
afterAll(async () => {
  line.close();
  await database.drop();
});

function open(silenceMs?: number): Database {
  const url = new URL(database.url);
  url.host = `127.0.0.1:${line.port}`;
  return openDatabase(url.href, () => undefined, silenceMs);
}

/** A way to the database on which the first statement of a number of connections fails; the connections stay. */
async function failingAtFirst(times: number): Promise<{ server: Server; url: string }> {
  const url = new URL(database.url);
  const { hostname: host, port } = url;
  let left = times;
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) });
    near.on('data', (bytes) => {
      const at = left === 0 ? -1 : bytes.indexOf('tcp_keepalives_idle');
      if (at >= 0) {
        left -= 1;
        bytes.write('tcp_keepalives_nope', at);
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => near.write(bytes));
    near.on('close', () => far.destroy()).on('error', () => far.destroy());
    far.on('close', () => near.destroy()).on('error', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url: url.href };
}

/** Comes only when no connection is left. */
async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

const answer = (db: Database) => sql<{ one: number }>`select 1 as one`.execute(db).then(({ rows }) => rows);

it('a network that swallows everything is given up, and statements get through again once there is another way', async () => {
  const db = open(2_000);
  expect(await answer(db)).toEqual([{ one: 1 }]);

  line.silence();
  // One on the connection that is there, and one that needs a new connection.
  const swallowed = await Promise.allSettled([answer(db), answer(db)]);
  expect(swallowed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);

  line.mend();
  expect(await answer(db)).toEqual([{ one: 1 }]);
  await db.destroy();
});

it('the server is told to let go of a machine that vanished in a transaction', async () => {
  const database = await createTestDatabase();
  const db = openDatabase(database.url, () => undefined);
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings
    where name in ('idle_in_transaction_session_timeout', 'tcp_keepalives_idle') order by name`.execute(db);
  expect(rows.map(({ setting }) => Number(setting))).toEqual([300_000, 30]);
  await db.destroy();
  await database.drop();
});

it('a connection that is reset under a statement fails the statement, and not the process', async () => {
  const db = open();
  expect(await answer(db)).toEqual([{ one: 1 }]);
  const lost = expect(sql`select pg_sleep(60)`.execute(db)).rejects.toThrow();
  line.cut();
  await lost;
  line.mend();
  expect(await answer(db)).toEqual([{ one: 1 }]);
  await db.destroy();
});

it('connections whose first statement fails cost the pool nothing', async () => {
  const { server, url } = await failingAtFirst(12);
  const db = openDatabase(url, () => undefined);
  for (let failed = 0; failed < 12; failed += 1)
    await expect(answer(db)).rejects.toThrow('tcp_keepalives_nope');
  expect(await answer(db)).toEqual([{ one: 1 }]);
  await db.destroy();
  await closed(server);
});

it('a connection for locks whose first statement fails is let go, and the next one serves', async () => {
  const { server, url } = await failingAtFirst(1);
  const locks = openSessionLocks(url, () => undefined);
  await expect(locks.tryLock('a')).rejects.toThrow('tcp_keepalives_nope');
  const lock = await locks.tryLock('a');
  expect(lock).not.toBeNull();
  await lock?.release();
  await locks.close();
  await closed(server);
});
