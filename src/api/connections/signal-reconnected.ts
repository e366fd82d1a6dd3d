import { openActivationsOf } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';

/** Signals that are under way at the same time. */
const AT_ONCE = 8;

/**
 * Tells every open run of a connection that somebody signed in. Begins with no other run once the process stops. A run
 * that is not reached finds out by itself.
 */
export async function signalReconnected(
  deps: {
    readonly db: Database;
    readonly runs: ActivationRuns;
    readonly logger: Logger;
    readonly stopping: AbortSignal;
  },
  connectionId: string,
): Promise<void> {
  const { db, runs, logger, stopping } = deps;
  // One iterator for all lanes: each run is taken once.
  const open = (await openActivationsOf(db, connectionId)).values();
  const lane = async () => {
    for (const { id: activationId } of open) {
      if (stopping.aborted) return;
      try {
        await runs.signal(activationId, 'reconnected');
      } catch (error) {
        logger.warn({ err: error, activationId }, 'a run could not be told of the reconnection');
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
