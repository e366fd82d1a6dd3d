import { partsPrefix } from '../../activation/object-keys.js';
import type { Database } from '../../database/open-database.js';
import { lapsedLeases, releasePreparation, unleasedPreparations } from '../../database/preparations.js';
import type { Logger } from '../../logger.js';
import { deleteObjects } from '../../storage/delete-objects.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { COMPLETE_LIFETIME_MS } from '../uploads/upload-lifetime.js';

/** A failed or cancelled run keeps what it has prepared for a retry as long as an upload is kept without a run. */
const RETRY_WITHIN_MS = COMPLETE_LIFETIME_MS;

/** Ends the leases of runs that will not be retried, and deletes the parts of preparations that nobody holds. */
export async function sweepUnusedPreparations(
  deps: { readonly db: Database; readonly store: ObjectStore; readonly logger: Logger },
  now: Date,
): Promise<void> {
  const { db, store, logger } = deps;
  const discard = async (preparationId: string, activationId: string | null) => {
    try {
      if (!(await releasePreparation(db, preparationId, activationId))) return;
      await deleteObjects(store, partsPrefix(preparationId));
      logger.info({ preparationId }, 'the parts of a preparation that nobody uses are deleted');
    } catch (error) {
      logger.warn(
        { err: error, preparationId },
        'the parts of a preparation that nobody uses could not be deleted; a later sweep does',
      );
    }
  };
  for (const lease of await lapsedLeases(db, new Date(now.getTime() - RETRY_WITHIN_MS))) {
    await discard(lease.preparationId, lease.activationId);
  }
  for (const id of await unleasedPreparations(db)) await discard(id, null);
}
