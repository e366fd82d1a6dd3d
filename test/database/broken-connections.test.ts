import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/database/open-database.js';
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
