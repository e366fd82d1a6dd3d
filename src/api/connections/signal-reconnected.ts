import { openActivationsOf } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';

/** Tells every open run of a connection that somebody signed in. A run that is not reached finds out by itself. */
export async function signalReconnected(
  deps: { readonly db: Database; readonly runs: ActivationRuns; readonly logger: Logger },
  connectionId: string,
): Promise<void> {
  const { db, runs, logger } = deps;
  try {
    for (const { id: activationId } of await openActivationsOf(db, connectionId)) {
      try {
        await runs.signal(activationId, 'reconnected');
      } catch (error) {
        logger.warn({ err: error, activationId }, 'a run could not be told of the reconnection');
      }
    }
  } catch (error) {
    logger.warn({ err: error, connectionId }, 'the runs of a reconnected connection could not be found');
  }
}
