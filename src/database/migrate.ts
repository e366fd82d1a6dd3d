import { type Migration, Migrator, sql } from 'kysely';
import { up as createTables } from './migrations/0001-initial.js';
import { up as addEnvironments } from './migrations/0002-connection-environment.js';
import { up as limitCalls } from './migrations/0003-call-limits.js';
import { up as addAudienceTurns } from './migrations/0004-audience-turns.js';
import { up as addSignInsAndHealth } from './migrations/0005-sign-ins-and-health.js';
import { up as addRetries } from './migrations/0006-retries.js';
import { up as addAfterPublication } from './migrations/0007-after-publication.js';
import { up as addPhaseOrder } from './migrations/0008-phase-order.js';
import { up as addIndexesOfEndedRuns } from './migrations/0009-looks-at-ended-runs.js';
import type { Database } from './open-database.js';

/**
 * In the order in which they run. A released migration is never changed; a change of the schema is a new one, which only
 * adds what the release before can do without: that one may have to work on it again.
 */
const MIGRATIONS: Record<string, Migration> = {
  '0001-initial': { up: createTables },
  '0002-connection-environment': { up: addEnvironments },
  '0003-call-limits': { up: limitCalls },
  '0004-audience-turns': { up: addAudienceTurns },
  '0005-sign-ins-and-health': { up: addSignInsAndHealth },
  '0006-retries': { up: addRetries },
  '0007-after-publication': { up: addAfterPublication },
  '0008-phase-order': { up: addPhaseOrder },
  '0009-looks-at-ended-runs': { up: addIndexesOfEndedRuns },
};

/**
 * Brings the database to this release's schema. Safe when several processes start at once: Kysely's migrator takes an
 * advisory lock for the transaction in which all of it runs, so the others wait and find nothing left to do, and a
 * process that dies half-way leaves the old schema. Resolves to the names of migrations that a newer release has made
 * beyond ours: then there is nothing to do, and this release works on the newer schema.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  // Kysely refuses every migration that it does not know.
  const newer = await migrationsOfNewerRelease(database);
  if (newer.length > 0) return newer;
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => MIGRATIONS },
    // Kysely knows the order of what has run only by the clocks of the machines, and one that was wrong once would stop
    // every start from then on. What is still to run is found by name.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new Error('the database schema could not be brought up to date', { cause: error });
  return [];
}

/** None unless all of ours have run and every strange one comes after them: anything else is no schema to work on. */
async function migrationsOfNewerRelease(database: Database): Promise<readonly string[]> {
  const table = await sql`select where to_regclass('kysely_migration') is not null`.execute(database);
  if (table.rows.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    database,
  );
  const executed = rows.map(({ name }) => name);
  const own = Object.keys(MIGRATIONS);
  const strange = executed.filter((name) => !own.includes(name));
  const complete = own.every((name) => executed.includes(name));
  return complete && strange.every((name) => own.every((ours) => name > ours)) ? strange : [];
}
