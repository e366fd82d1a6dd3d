import type { Database } from '../../database/open-database.js';
import { keptPreparations, preparationsWithUpload } from '../../database/preparations.js';
import { keptUploads } from '../../database/uploads.js';
import type { Logger } from '../../logger.js';
import type { ObjectStore } from '../../storage/object-store.js';

/** Younger objects may be on their way into the tables, or out of them by a deletion that is under way. */
const GRACE_MS = 24 * 60 * 60 * 1000;
const OBJECTS_PER_LOOK = 500;

/** Which of the uploads or preparations that own objects are still to have them. */
type Keep = (db: Database, ids: readonly string[]) => Promise<readonly string[]>;

/** The folders of the store, and whose objects are in them: the second segment of a key is the owner's id. */
const FOLDERS: Readonly<Record<string, Keep>> = {
  'uploads/': keptUploads,
  'expanded/': keptUploads,
  'parts/': keptPreparations,
  'rejected/': preparationsWithUpload,
};

/**
 * Compares the store with the tables and deletes what no upload and no preparation owns: what a process left behind that
 * died between storing and recording, or between recording and deleting. Objects in other folders are not ours.
 */
export async function sweepStrayObjects(
  deps: { readonly db: Database; readonly store: ObjectStore; readonly logger: Logger },
  now: Date,
): Promise<void> {
  const { db, store, logger } = deps;
  const before = now.getTime() - GRACE_MS;
  for (const [folder, keep] of Object.entries(FOLDERS)) {
    let looked: string[] = [];
    const deleteStrays = async () => {
      const owners = [...new Set(looked.map(ownerOf))];
      const kept = new Set(owners.length === 0 ? [] : await keep(db, owners));
      const strays = looked.filter((key) => !kept.has(ownerOf(key)));
      for (const key of strays) await store.delete(key);
      if (strays.length > 0) logger.warn({ folder, objects: strays.length }, 'stray objects are deleted');
      looked = [];
    };
    for await (const { key, modifiedAt } of store.list(folder)) {
      if (modifiedAt.getTime() < before) looked.push(key);
      if (looked.length === OBJECTS_PER_LOOK) await deleteStrays();
    }
    await deleteStrays();
  }
}

function ownerOf(key: string): string {
  return key.split('/')[1] ?? '';
}
