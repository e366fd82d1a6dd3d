import { expandedKey, uploadKey } from '../activation/object-keys.js';
import { detectPacking, PACKING_HEAD_BYTES } from '../customer-file/detect-packing.js';
import { expandUpload } from '../customer-file/expand-upload.js';
import { readRange } from '../customer-file/packed-bytes.js';
import type { SessionLocks } from '../database/session-locks.js';
import type { ObjectStore } from '../storage/object-store.js';
import { storedBytes } from '../storage/stored-bytes.js';
import type { ActivityDependencies } from './dependencies.js';

/** The object that is read by range in place of an upload: the upload itself, or its expanded text. */
export interface UploadContent {
  readonly key: string;
  readonly size: number;
}

/** Another run unpacks or splits the same upload at this moment; its result will serve this run too. */
export class UploadBusyError extends Error {
  override readonly name = 'UploadBusyError';
}

/**
 * The content of a complete upload. One that is packed or in UTF-16 is expanded into the store the first time, which
 * may take minutes; the object appears whole or not at all, so whoever finds it may use it.
 *
 * Throws `CustomerFileError` when the upload cannot be unpacked, `UploadBusyError`, and the signal's reason.
 */
export async function uploadContent(
  { store, locks }: Pick<ActivityDependencies, 'store' | 'locks'>,
  upload: { readonly id: string; readonly size: number },
  signal: AbortSignal,
): Promise<UploadContent> {
  const packed = storedBytes(store, uploadKey(upload.id), upload.size);
  const packing = detectPacking(await readRange(packed, 0, Math.min(upload.size, PACKING_HEAD_BYTES)));
  if (packing === null) return { key: uploadKey(upload.id), size: upload.size };

  const key = expandedKey(upload.id);
  const expanded = async () => {
    const present = await store.stat(key);
    return present === null ? null : { key, size: present.size };
  };
  return (
    (await expanded()) ??
    workOnUpload(
      locks,
      `expand ${upload.id}`,
      async () => (await expanded()) ?? putExpanded(store, key, expandUpload(packed, packing, signal)),
    )
  );
}

/** Does work whose result runs of the same upload share, in one of them at a time. Throws `UploadBusyError` in the others. */
export async function workOnUpload<T>(locks: SessionLocks, what: string, work: () => Promise<T>): Promise<T> {
  const lock = await locks.tryLock(what);
  if (lock === null) throw new UploadBusyError('another run is at work on the same upload');
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** The store speaks of a source that broke off; why it did is what matters here. */
async function putExpanded(
  store: ObjectStore,
  key: string,
  text: AsyncIterable<Uint8Array>,
): Promise<UploadContent> {
  const failures: unknown[] = [];
  async function* noted(): AsyncGenerator<Uint8Array> {
    try {
      yield* text;
    } catch (error) {
      failures.push(error);
      throw error;
    }
  }
  try {
    const { size } = await store.put(key, noted());
    return { key, size };
  } catch (error) {
    throw failures[0] ?? error;
  }
}
