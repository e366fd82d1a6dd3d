import { createHash } from 'node:crypto';
import { uploadKey } from '../../activation/object-keys.js';
import { newId } from '../../database/ids.js';
import type { Database } from '../../database/open-database.js';
import {
  completeUpload,
  findUpload,
  insertUpload,
  recordReceived,
  type UploadRow,
} from '../../database/uploads.js';
import type { Logger } from '../../logger.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { cleanFilename } from './incoming-store.js';
import type { Uploads } from './uploads.js';

const PROGRESS_INTERVAL_MS = 2_000;

/**
 * Streams a file that came in one piece to where complete uploads lie. On any failure nothing is left of it.
 * Throws `StorageError`, also when the stream breaks off.
 */
export async function storeFormUpload(
  deps: {
    readonly db: Database;
    readonly store: ObjectStore;
    readonly uploads: Uploads;
    readonly logger: Logger;
  },
  filename: string | undefined,
  bytes: AsyncIterable<Uint8Array>,
): Promise<UploadRow> {
  const { db, store, uploads, logger } = deps;
  const id = newId('upl');
  // Its size is known at its end only. Recorded first, so that the sweep finds what a dying process leaves.
  await insertUpload(db, { id, filename: cleanFilename(filename ?? ''), size: 0 });
  const note = (received: number) => {
    // Neither fails nor holds the upload: the database may be away for a moment in the hours that a file takes.
    recordReceived(db, id, received).catch((error: unknown) => {
      logger.warn({ err: error, uploadId: id }, 'the progress of an upload was not recorded');
    });
  };
  try {
    const hash = createHash('sha256');
    const { size } = await store.put(uploadKey(id), counted(bytes, hash, note));
    await completeUpload(db, id, { size, digest: hash.digest('hex') });
  } catch (error) {
    await uploads.discard(id);
    throw error;
  }
  const upload = await findUpload(db, id);
  if (upload === undefined) throw new Error(`upload ${id} was recorded and is gone`);
  return upload;
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
  note: (received: number) => void,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  let recordedAt = Date.now();
  for await (const chunk of bytes) {
    hash.update(chunk);
    received += chunk.length;
    yield chunk;
    if (Date.now() - recordedAt >= PROGRESS_INTERVAL_MS) {
      recordedAt = Date.now();
      note(received);
    }
  }
}
