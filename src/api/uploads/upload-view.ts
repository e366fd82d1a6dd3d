import type { Database } from '../../database/open-database.js';
import { lastRunEnds, type UploadRow } from '../../database/uploads.js';
import type { Upload } from '../schemas/upload.js';
import { COMPLETE_LIFETIME_MS, INCOMPLETE_LIFETIME_MS } from './upload-lifetime.js';
import type { Uploads } from './uploads.js';

/** Uploads as the API shows them. */
export async function viewUploads(
  db: Database,
  uploads: Uploads,
  rows: readonly UploadRow[],
): Promise<Upload[]> {
  const ends = await lastRunEnds(
    db,
    rows.map(({ id }) => id),
  );
  return Promise.all(
    rows.map(async (row) => {
      const received = row.completed_at === null ? await uploads.receivedBytes(row) : row.size;
      return {
        id: row.id,
        filename: row.filename,
        // An upload by form has no announced size.
        size: Math.max(row.size, received),
        received,
        complete: row.completed_at !== null,
        digest: row.digest,
        createdAt: row.created_at.toISOString(),
        expiresAt: expiryOf(row, ends.get(row.id))?.toISOString() ?? null,
      };
    }),
  );
}

/** Null while an open run uses the upload. */
function expiryOf(row: UploadRow, lastRunEnd: Date | null | undefined): Date | null {
  if (row.completed_at === null) return new Date(row.progressed_at.getTime() + INCOMPLETE_LIFETIME_MS);
  if (lastRunEnd === null) return null;
  const unusedSince = Math.max(row.completed_at.getTime(), lastRunEnd?.getTime() ?? 0);
  return new Date(unusedSince + COMPLETE_LIFETIME_MS);
}
