import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const opened: Database[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(opened.map((db) => db.destroy()));
  await database.drop();
});

function open(): Database {
  const db = openDatabase(database.url, () => undefined);
  opened.push(db);
  return db;
}

async function schemaOf(db: Database): Promise<unknown> {
  const { rows } = await sql`
    select table_name, column_name, data_type, is_nullable, column_default
    from information_schema.columns where table_schema = 'public' order by 1, 2`.execute(db);
  return rows;
}

it('runs once when several processes start at the same moment, and changes nothing when it runs again', async () => {
  const processes = Array.from({ length: 6 }, open);
  await Promise.all(processes.map((db) => migrate(db)));
  const db = open();
  const schema = await schemaOf(db);
  expect(schema).not.toEqual([]);
  await db.insertInto('connections').values({ id: 'con_1', platform: 'x', status: 'configured' }).execute();
  await migrate(db);
  expect(await schemaOf(db)).toEqual(schema);
  expect((await db.selectFrom('connections').selectAll().execute()).length).toBe(1);
});
