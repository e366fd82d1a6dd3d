import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { INCOMPLETE_LIFETIME_MS } from '../uploads/upload-lifetime.js';
import type { Uploads } from '../uploads/uploads.js';
import { sweepExpiredUploads } from './expired-uploads.js';
import { sweepStrayObjects } from './stray-objects.js';
import { sweepUnusedPreparations } from './unused-preparations.js';

/**
 * Finishes and deletes what dead processes and ended runs have left, in an order in which each step finds what the one
 * before has let go. Each can be repeated; one that fails does not keep the others from their work.
 */
export async function sweepAll(
  deps: {
    readonly db: Database;
    readonly store: ObjectStore;
    readonly uploads: Uploads;
    readonly logger: Logger;
  },
  now: Date,
): Promise<void> {
  const steps: Readonly<Record<string, () => Promise<void>>> = {
    'finishing uploads': () => deps.uploads.finishAll(),
    'expired uploads': () => sweepExpiredUploads(deps, now),
    'unused preparations': () => sweepUnusedPreparations(deps, now),
    'stray objects': () => sweepStrayObjects(deps, now),
    'scratch files': () => deps.store.clearScratch(INCOMPLETE_LIFETIME_MS),
  };
  for (const [step, sweep] of Object.entries(steps)) {
    await sweep().catch((error: unknown) =>
      deps.logger.warn({ err: error, step }, 'a step of the sweep failed; the next sweep tries again'),
    );
  }
}
