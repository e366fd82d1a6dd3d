import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../database/open-database.js';
import { expiredUploads, findUpload } from '../../database/uploads.js';
import type { Logger } from '../../logger.js';
import { COMPLETE_LIFETIME_MS, INCOMPLETE_LIFETIME_MS } from '../uploads/upload-lifetime.js';
import type { Uploads } from '../uploads/uploads.js';

/** Deletes the uploads whose time is over at `now`, by the table, and files that no upload knows. */
export async function sweepExpiredUploads(
  deps: { readonly db: Database; readonly uploads: Uploads; readonly logger: Logger },
  now: Date,
): Promise<void> {
  const { db, uploads, logger } = deps;
  const staleBefore = new Date(now.getTime() - INCOMPLETE_LIFETIME_MS);
  const unusedSince = new Date(now.getTime() - COMPLETE_LIFETIME_MS);
  for (const { id } of await expiredUploads(db, { staleBefore, unusedSince })) {
    try {
      if (await uploads.discard(id)) logger.info({ uploadId: id }, 'upload expired');
    } catch (error) {
      logger.warn(
        { err: error, uploadId: id },
        'an expired upload could not be deleted; the next sweep tries again',
      );
    }
  }
  await removeStrayFiles(db, uploads.incoming, staleBefore);
}

/** A process that died between making the file and recording the upload leaves a file that no row knows. */
async function removeStrayFiles(db: Database, folder: string, before: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const known = await findUpload(db, name);
    const stray = known === undefined || known.removed_at !== null;
    if (stray && (await stat(path)).mtime < before) await rm(path, { force: true });
  }
}
