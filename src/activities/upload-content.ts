import { expandedKey, uploadKey } from '../activation/object-keys.js';
import { detectPacking, PACKING_HEAD_BYTES } from '../customer-file/detect-packing.js';
import { expandUpload } from '../customer-file/expand-upload.js';
import { readRange } from '../customer-file/packed-bytes.js';
import type { ObjectStore } from '../storage/object-store.js';
import { storedBytes } from '../storage/stored-bytes.js';

/** The object that is read by range in place of an upload: the upload itself, or its expanded text. */
export interface UploadContent {
  readonly key: string;
  readonly size: number;
}

/**
 * The content of a complete upload. One that is packed or in UTF-16 is expanded into the store the first time, which
 * may take minutes; the object appears whole or not at all, so whoever finds it may use it.
 *
 * Throws `CustomerFileError` when the upload cannot be unpacked, and the signal's reason.
 */
export async function uploadContent(
  store: ObjectStore,
  upload: { readonly id: string; readonly size: number },
  signal: AbortSignal,
): Promise<UploadContent> {
  const packed = storedBytes(store, uploadKey(upload.id), upload.size);
  const packing = detectPacking(await readRange(packed, 0, Math.min(upload.size, PACKING_HEAD_BYTES)));
  if (packing === null) return { key: uploadKey(upload.id), size: upload.size };

  const key = expandedKey(upload.id);
  const present = await store.stat(key);
  if (present !== null) return { key, size: present.size };
  return putExpanded(store, key, expandUpload(packed, packing, signal));
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
