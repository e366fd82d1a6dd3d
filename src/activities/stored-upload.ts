import { INSPECTED_BYTES, inspectFile } from '../customer-file/inspect-file.js';
import type { Inspection } from '../customer-file/inspection.js';
import type { ActivityDependencies } from './dependencies.js';
import { type LoadedActivation, loadUpload } from './loaded-activation.js';
import { type UploadContent, uploadContent } from './upload-content.js';

export interface InspectedUpload {
  readonly inspection: Inspection;
  readonly content: UploadContent;
}

/**
 * Inspects the head of the activation's upload, which is expanded before where it is packed. The result is the same
 * each time: an upload never changes.
 */
export async function inspectStoredUpload(
  deps: Pick<ActivityDependencies, 'db' | 'store' | 'locks'>,
  activation: LoadedActivation,
  signal: AbortSignal,
): Promise<InspectedUpload> {
  const { size } = await loadUpload(deps.db, activation.uploadId);
  const content = await uploadContent(deps, { id: activation.uploadId, size }, signal);
  const head = await deps.store.materialise(content.key, {
    start: 0,
    end: Math.min(content.size, INSPECTED_BYTES),
  });
  try {
    const bytes = { path: head.path, position: head.position, firstByte: 0, length: head.length };
    const { normalization } = activation.request;
    return { inspection: await inspectFile(bytes, content.size, { normalization }), content };
  } finally {
    await head.release();
  }
}
