import {
  type Acceptance,
  acceptActivations,
  findByIdempotencyKey,
  type Idempotency,
} from '../../database/accept-activations.js';
import { newId } from '../../database/ids.js';
import type { Database } from '../../database/open-database.js';
import type { UploadRow } from '../../database/uploads.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { Problem } from '../http/problem.js';
import type {
  ActivationRequest,
  ActivationsRequest,
  FormActivationRequest,
} from '../schemas/activation-request.js';
import { uploadIncomplete } from '../uploads/upload-incomplete.js';
import type { Uploads } from '../uploads/uploads.js';
import { requestDigest } from './request-digest.js';
import { resolveRequest } from './resolve-request.js';
import type { RunStarter } from './run-starter.js';

export interface Accepted {
  /** One for each destination, in the order of the request. */
  readonly activationIds: readonly string[];
  /** The same request had been accepted before; nothing new was made. */
  readonly repeated: boolean;
}

/** Takes in requests for activations: checks, records and starts them. */
export interface ActivationIntake {
  /** For an upload that was made before. */
  accept(request: ActivationRequest | ActivationsRequest, idempotencyKey: string | null): Promise<Accepted>;
  /** For a file that came along. A repeated request leaves that file unused. */
  acceptWithFile(
    request: FormActivationRequest,
    upload: UploadRow,
    idempotencyKey: string | null,
  ): Promise<Accepted>;
}

export function createActivationIntake(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly uploads: Uploads;
  readonly starter: RunStarter;
}): ActivationIntake {
  const { db, uploads, starter } = deps;

  async function record(
    request: FormActivationRequest,
    upload: UploadRow,
    idempotency: Idempotency | null,
  ): Promise<Accepted> {
    const resolved = await resolveRequest(deps, request, upload);
    const acceptance = await acceptActivations(
      db,
      resolved.map(({ destination, stored }) => ({
        id: newId('act'),
        uploadId: upload.id,
        connectionId: destination.connectionId,
        advertiserId: destination.advertiserId,
        request: stored,
      })),
      idempotency,
    );
    const accepted = requireSame(acceptance);
    if (!accepted.repeated) await Promise.all(accepted.activationIds.map((id) => starter.start(id)));
    return accepted;
  }

  async function earlier(idempotency: Idempotency | null): Promise<Accepted | null> {
    const known = idempotency === null ? null : await findByIdempotencyKey(db, idempotency);
    return known === null ? null : requireSame(known);
  }

  return {
    async accept({ uploadId, ...request }, key) {
      const idempotency =
        key === null ? null : { key, requestDigest: requestDigest({ uploadId, ...request }) };
      // Before everything else: the answer to a repetition stays the same when the upload has expired meanwhile.
      const repeated = await earlier(idempotency);
      if (repeated !== null) return repeated;
      const upload = await uploads.find(uploadId);
      if (upload === undefined) throw unknownUpload();
      if (upload.completed_at === null) throw uploadIncomplete(upload.id);
      return record(request, upload, idempotency);
    },

    async acceptWithFile(request, upload, key) {
      const { digest } = upload;
      const idempotency =
        key === null ? null : { key, requestDigest: requestDigest({ file: digest, ...request }) };
      return (await earlier(idempotency)) ?? record(request, upload, idempotency);
    },
  };
}

function requireSame(acceptance: Acceptance): Accepted {
  switch (acceptance.kind) {
    case 'accepted':
    case 'repeated':
      return { activationIds: acceptance.activationIds, repeated: acceptance.kind === 'repeated' };
    case 'upload_gone':
      throw unknownUpload();
    case 'key_used_for_another_request':
      throw new Problem({
        status: 422,
        code: 'idempotency_key_reused',
        title: 'The Idempotency-Key was used for another request',
        detail: 'A key stands for one request. Send the same body again, or use a new key.',
      });
  }
}

function unknownUpload(): Problem {
  return new Problem({
    status: 422,
    code: 'unknown_upload',
    title: 'There is no such upload',
    detail: 'It was never made, has expired or was deleted. Upload the file again.',
    errors: [{ pointer: '/uploadId', detail: 'is no upload' }],
  });
}
