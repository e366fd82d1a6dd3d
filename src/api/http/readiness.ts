import { sql } from 'kysely';
import type { Database } from '../../database/open-database.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';
import { NamespaceMissingError } from '../../temporal/namespace.js';

const CHECK_LIMIT_MS = 5_000;

export interface DependencyState {
  readonly ready: boolean;
  /** Why not, without addresses and what drivers say; null when it is ready. */
  readonly detail: string | null;
}

export interface Readiness {
  readonly ready: boolean;
  /** It is about to end and takes requests a little longer: send them elsewhere. */
  readonly draining: boolean;
  readonly dependencies: {
    readonly database: DependencyState;
    readonly temporal: DependencyState;
    readonly storage: DependencyState;
  };
}

/** Asks every dependency at the same time. Never throws. */
export async function checkReadiness(deps: {
  readonly db: Database;
  readonly runs: ActivationRuns;
  readonly store: ObjectStore;
  /** Whether the database has this release's schema. */
  readonly migrated: () => boolean;
  readonly draining: () => boolean;
}): Promise<Readiness> {
  const [database, temporal, storage] = await Promise.all([
    state('The database does not answer.', async () => {
      await sql`select 1`.execute(deps.db);
    }),
    state('Temporal does not answer.', () => deps.runs.check()),
    state('The storage does not answer.', async () => {
      await deps.store.freeBytes();
    }),
  ]);
  const migrated: DependencyState =
    database.ready && !deps.migrated()
      ? { ready: false, detail: 'The database schema is being brought up to date.' }
      : database;
  const dependencies = { database: migrated, temporal, storage };
  const draining = deps.draining();
  return {
    ready: !draining && Object.values(dependencies).every(({ ready }) => ready),
    draining,
    dependencies,
  };
}

async function state(failure: string, check: () => Promise<void>): Promise<DependencyState> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_LIMIT_MS);
  });
  try {
    await Promise.race([check(), limit]);
    return { ready: true, detail: null };
  } catch (error) {
    return { ready: false, detail: error instanceof NamespaceMissingError ? error.message : failure };
  } finally {
    clearTimeout(timer);
  }
}
