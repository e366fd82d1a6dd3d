import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migratePatiently } from '../../src/api/migrate-patiently.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { createLogger } from '../../src/logger.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freshDatabase } from './fresh-database.js';

const MIGRATE = fileURLToPath(new URL('migrate-program.mjs', import.meta.url));

let database: TestDatabase;
const opened: Database[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(opened.map((db) => db.destroy()));
  await database.drop();
});

function open(url = database.url): Database {
  const db = openDatabase(url, () => undefined);
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
  const processes = Array.from({ length: 6 }, () => open());
  await Promise.all(processes.map((db) => migrate(db)));
  const db = open();
  const schema = await schemaOf(db);
  expect(schema).not.toEqual([]);
  await db.insertInto('connections').values({ id: 'con_1', platform: 'x', status: 'configured' }).execute();
  await migrate(db);
  expect(await schemaOf(db)).toEqual(schema);
  expect((await db.selectFrom('connections').selectAll().execute()).length).toBe(1);
});

it('leaves nothing half done when its process is killed in the middle, and the next one, which waited, does all of it', async () => {
  const interrupted = await createTestDatabase();
  const blocker = new pg.Client({ connectionString: interrupted.url });
  // Within a transaction PostgreSQL shows who waits as it was at the first look.
  const watcher = new pg.Client({ connectionString: interrupted.url });
  try {
    await blocker.connect();
    await watcher.connect();
    // A table of the third migration, not committed: whoever wants to make it too has to wait in the middle of its work.
    await blocker.query('BEGIN; CREATE TABLE call_schedules (in_the_way int)');
    const killed = fork(MIGRATE, [interrupted.url], { stdio: 'ignore' });
    await expect.poll(() => waitingFor(watcher, 'transactionid')).toBe(1);
    const next = migrate(open(interrupted.url));
    await expect.poll(() => waitingFor(watcher, 'advisory')).toBe(1);

    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const { rows } = await watcher.query("SELECT to_regclass('connections') AS made");
    expect(rows).toEqual([{ made: null }]);
    await blocker.query('ROLLBACK');
    await next;
    expect(await schemaOf(open(interrupted.url))).toEqual(await schemaOf(open()));
  } finally {
    await blocker.end();
    await watcher.end();
    await Promise.all(opened.splice(0).map((db) => db.destroy()));
    await interrupted.drop();
  }
});

it('runs what is new though the clock was wrong when the migrations before it ran', async () => {
  const db = await freshDatabase();
  const schema = await schemaOf(db);
  await sql`update kysely_migration set timestamp = '2099-01-01T00:00:00.000Z' where name = '0001-initial'`.execute(
    db,
  );
  await sql`delete from kysely_migration where name = '0008-phase-order'`.execute(db);
  await sql`alter table activations drop column phase_run, drop column phase_step`.execute(db);
  await migrate(db);
  expect(await schemaOf(db)).toEqual(schema);
});

const NEWER = '9999-of-a-newer-release';

it('takes the schema of a newer release as it is, and says so in the log', async () => {
  const db = await freshDatabase();
  await recordMigration(db, NEWER);
  const lines: string[] = [];
  const logger = createLogger('api', 'info', { write: (line) => void lines.push(line) });
  // A refusal would be tried again until somebody stops it.
  const stopping = AbortSignal.timeout(5_000);
  expect(await migratePatiently(db, { logger, stopping })).toBe(true);
  expect(lines).toEqual([expect.stringContaining(NEWER)]);
});

it('refuses a schema with a newer migration that lacks one of this release', async () => {
  const db = await freshDatabase();
  await recordMigration(db, NEWER);
  await sql`delete from kysely_migration where name = '0009-looks-at-ended-runs'`.execute(db);
  await expect(migrate(db)).rejects.toThrow('could not be brought up to date');
});

it('refuses a schema with a strange migration before the last one of this release', async () => {
  const db = await freshDatabase();
  await recordMigration(db, '0000-of-something-else');
  await recordMigration(db, NEWER);
  await expect(migrate(db)).rejects.toThrow('could not be brought up to date');
});

async function recordMigration(db: Database, name: string): Promise<void> {
  await sql`insert into kysely_migration (name, timestamp) values (${name}, now()::text)`.execute(db);
}

/** Sessions of this database that wait for a lock of the kind. */
async function waitingFor(client: pg.Client, kind: 'transactionid' | 'advisory'): Promise<number> {
  const { rows } = await client.query<{ sessions: number }>(
    `SELECT count(*)::int AS sessions FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = $1`,
    [kind],
  );
  return rows[0]?.sessions ?? 0;
}
