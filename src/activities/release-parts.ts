import { partsPrefix } from '../activation/object-keys.js';
import { releasePreparation } from '../database/preparations.js';
import { deleteObjects } from '../storage/delete-objects.js';
import type { ActivityDependencies } from './dependencies.js';

/** Gives up a run's lease on a preparation, and deletes the staged parts when it was the last. May be repeated. */
export async function releaseParts(
  { db, store }: Pick<ActivityDependencies, 'db' | 'store'>,
  preparationId: string,
  activationId: string,
): Promise<void> {
  if (await releasePreparation(db, preparationId, activationId)) {
    await deleteObjects(store, partsPrefix(preparationId));
  }
}
