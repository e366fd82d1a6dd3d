import { setTimeout as delay } from 'node:timers/promises';
import { migrate } from '../database/migrate.js';
import type { Database } from '../database/open-database.js';
import type { Logger } from '../logger.js';

const RETRY_MS = 1_000;

/** Brings the schema up to date, waiting for the database as long as it takes. False when stopped before that. */
export async function migratePatiently(
  db: Database,
  deps: { readonly logger: Logger; readonly stopping: AbortSignal },
): Promise<boolean> {
  const { logger, stopping } = deps;
  while (!stopping.aborted) {
    try {
      const newer = await migrate(db);
      if (newer.length > 0)
        logger.warn(
          { migrations: newer },
          'the database has the schema of a newer release; working on it as it is',
        );
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'the database is not ready; trying again');
    }
    await delay(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
  return false;
}
