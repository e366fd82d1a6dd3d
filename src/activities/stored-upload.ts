import { uploadKey } from '../activation/object-keys.js';
import { INSPECTED_BYTES, inspectFile } from '../customer-file/inspect-file.js';
import type { Inspection } from '../customer-file/inspection.js';
import type { ActivityDependencies } from './dependencies.js';
import { type LoadedActivation, loadUpload } from './loaded-activation.js';

/** Inspects the head of the activation's upload. The result is the same each time: an upload never changes. */
export async function inspectStoredUpload(
  deps: Pick<ActivityDependencies, 'db' | 'store'>,
  activation: LoadedActivation,
): Promise<Inspection> {
  const { size } = await loadUpload(deps.db, activation.uploadId);
  const head = await deps.store.materialise(uploadKey(activation.uploadId), {
    start: 0,
    end: Math.min(size, INSPECTED_BYTES),
  });
  try {
    const bytes = { path: head.path, position: head.position, firstByte: 0, length: head.length };
    return await inspectFile(bytes, size, { normalization: activation.request.normalization });
  } finally {
    await head.release();
  }
}
