import { type Migration, Migrator } from 'kysely';
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

/** In the order in which they run. A released migration is never changed; a change of the schema is a new one. */
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
 * process that dies half-way leaves the old schema.
 */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new Error('the database schema could not be brought up to date', { cause: error });
}
