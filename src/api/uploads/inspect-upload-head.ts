import { rm, writeFile } from 'node:fs/promises';
import { expandedKey, uploadKey } from '../../activation/object-keys.js';
import { detectPacking, PACKING_HEAD_BYTES, type Packing } from '../../customer-file/detect-packing.js';
import { expandHead } from '../../customer-file/expand-head.js';
import { INSPECTED_BYTES, type InspectOptions, inspectFile } from '../../customer-file/inspect-file.js';
import type { Inspection } from '../../customer-file/inspection.js';
import { readRange } from '../../customer-file/packed-bytes.js';
import type { UploadRow } from '../../database/uploads.js';
import { storageFailure } from '../../storage/file-system-failure.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { type StoredBytes, storedBytes } from '../../storage/stored-bytes.js';

/**
 * Inspects the head of a complete upload. Of a packed one no more is unpacked than that, unless a run has expanded it
 * already. Throws `CustomerFileError`.
 */
export async function inspectUploadHead(
  store: ObjectStore,
  upload: UploadRow,
  options: InspectOptions,
): Promise<Inspection> {
  const received = storedBytes(store, uploadKey(upload.id), upload.size);
  const packing = detectPacking(await readRange(received, 0, Math.min(upload.size, PACKING_HEAD_BYTES)));
  if (packing === null) return inspectObject(store, uploadKey(upload.id), upload.size, options);
  const expanded = await store.stat(expandedKey(upload.id));
  if (expanded !== null) return inspectObject(store, expanded.key, expanded.size, options);
  return inspectPacked(store, received, packing, options);
}

async function inspectObject(
  store: ObjectStore,
  key: string,
  size: number,
  options: InspectOptions,
): Promise<Inspection> {
  const head = await store.materialise(key, { start: 0, end: Math.min(size, INSPECTED_BYTES) });
  try {
    const bytes = { path: head.path, position: head.position, firstByte: 0, length: head.length };
    return await inspectFile(bytes, size, options);
  } finally {
    await head.release();
  }
}

async function inspectPacked(
  store: ObjectStore,
  received: StoredBytes,
  packing: Packing,
  options: InspectOptions,
): Promise<Inspection> {
  const head = await expandHead(received, packing, INSPECTED_BYTES);
  const path = await store.scratchFile();
  try {
    await writeFile(path, head.bytes, { mode: 0o600 }).catch((error: unknown) => {
      throw storageFailure(error, 'keep the head of a packed upload');
    });
    const bytes = { path, position: 0, firstByte: 0, length: head.bytes.length };
    return await inspectFile(bytes, head.size, options);
  } finally {
    await rm(path, { force: true });
  }
}
