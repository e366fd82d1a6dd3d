import { uploadKey } from '../../activation/object-keys.js';
import { INSPECTED_BYTES, type InspectOptions, inspectFile } from '../../customer-file/inspect-file.js';
import type { Inspection } from '../../customer-file/inspection.js';
import type { UploadRow } from '../../database/uploads.js';
import type { ObjectStore } from '../../storage/object-store.js';

/** Inspects the head of a complete upload. Throws `CustomerFileError`. */
export async function inspectUploadHead(
  store: ObjectStore,
  upload: UploadRow,
  options: InspectOptions,
): Promise<Inspection> {
  const head = await store.materialise(uploadKey(upload.id), {
    start: 0,
    end: Math.min(upload.size, INSPECTED_BYTES),
  });
  try {
    const bytes = { path: head.path, position: head.position, firstByte: 0, length: head.length };
    return await inspectFile(bytes, upload.size, options);
  } finally {
    await head.release();
  }
}
