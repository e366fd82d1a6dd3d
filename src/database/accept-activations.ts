import type { ActivationRow } from './activations.js';
import type { Database } from './open-database.js';
import { holdUpload } from './uploads.js';

export interface NewActivation {
  readonly id: string;
  readonly uploadId: string;
  readonly connectionId: string;
  readonly advertiserId: string;
  readonly request: object;
}

export interface Idempotency {
  readonly key: string;
  readonly requestDigest: string;
}

export type Acceptance =
  /** Its time was over, or somebody deleted it, while the request was looked at. */
  | { readonly kind: 'upload_gone' }
  | { readonly kind: 'accepted' | 'repeated'; readonly activationIds: readonly string[] }
  | { readonly kind: 'key_used_for_another_request' };

/** Takes the transaction back, with the idempotency key. */
class UploadGoneError extends Error {}

/**
 * Records the activations of one request, all or none, once for each idempotency key. Of two requests with the same key
 * at the same moment, the second waits for the first's transaction and is given the same activations.
 */
export async function acceptActivations(
  db: Database,
  activations: readonly NewActivation[],
  idempotency: Idempotency | null,
): Promise<Acceptance> {
  const activationIds = activations.map(({ id }) => id);
  const accepting = db.transaction().execute(async (tx): Promise<Acceptance> => {
    if (idempotency !== null) {
      const inserted = await tx
        .insertInto('idempotency_keys')
        .values({
          key: idempotency.key,
          request_digest: idempotency.requestDigest,
          activation_ids: activationIds,
        })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .returning('key')
        .executeTakeFirst();
      if (inserted === undefined) return repeatedRequest(tx, idempotency);
    }
    for (const { uploadId } of activations) {
      if (!(await holdUpload(tx, uploadId))) throw new UploadGoneError();
    }
    await tx
      .insertInto('activations')
      .values(
        activations.map((activation) => ({
          id: activation.id,
          upload_id: activation.uploadId,
          connection_id: activation.connectionId,
          advertiser_id: activation.advertiserId,
          request: JSON.stringify(activation.request),
          phase: 'queued',
        })),
      )
      .execute();
    return { kind: 'accepted', activationIds };
  });
  return accepting.catch((error: unknown) => {
    if (error instanceof UploadGoneError) return { kind: 'upload_gone' } as const;
    throw error;
  });
}

/**
 * Records a new run of what an activation asked for, once: a second retry of it is given the first. The leases go over
 * to the new run, so that what is prepared outlives the old one. Null when the upload is gone, or when the run was opened
 * again meanwhile.
 */
export async function acceptRetry(
  db: Database,
  retry: { readonly id: string; readonly of: string },
): Promise<{ activationId: string; repeated: boolean } | null> {
  return db.transaction().execute(async (tx) => {
    const { upload_id, finished_at } = await tx
      .selectFrom('activations')
      .select(['upload_id', 'finished_at'])
      .where('id', '=', retry.of)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (finished_at === null || !(await holdUpload(tx, upload_id))) return null;
    const inserted = await tx
      .insertInto('activations')
      .columns(['id', 'upload_id', 'connection_id', 'advertiser_id', 'request', 'phase', 'retry_of'])
      .expression((eb) =>
        eb
          .selectFrom('activations')
          .select((select) => [
            select.val(retry.id).as('id'),
            'upload_id',
            'connection_id',
            'advertiser_id',
            'request',
            select.val('queued').as('phase'),
            'id as retry_of',
          ])
          .where('id', '=', retry.of),
      )
      .onConflict((conflict) => conflict.column('retry_of').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted === undefined) {
      const { id } = await tx
        .selectFrom('activations')
        .select('id')
        .where('retry_of', '=', retry.of)
        .executeTakeFirstOrThrow();
      return { activationId: id, repeated: true };
    }
    await tx
      .updateTable('preparation_leases')
      .set({ activation_id: retry.id })
      .where('activation_id', '=', retry.of)
      .execute();
    return { activationId: retry.id, repeated: false };
  });
}

/** The run that was made to try this one again, if any. */
export async function findRetry(db: Database, activationId: string): Promise<ActivationRow | undefined> {
  return db.selectFrom('activations').selectAll().where('retry_of', '=', activationId).executeTakeFirst();
}

/** What an idempotency key stands for already; null when it is new. */
export async function findByIdempotencyKey(
  db: Database,
  idempotency: Idempotency,
): Promise<Acceptance | null> {
  const known = await db
    .selectFrom('idempotency_keys')
    .select('key')
    .where('key', '=', idempotency.key)
    .executeTakeFirst();
  return known === undefined ? null : repeatedRequest(db, idempotency);
}

async function repeatedRequest(db: Database, idempotency: Idempotency): Promise<Acceptance> {
  const known = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('key', '=', idempotency.key)
    .executeTakeFirstOrThrow();
  if (known.request_digest !== idempotency.requestDigest) return { kind: 'key_used_for_another_request' };
  return { kind: 'repeated', activationIds: known.activation_ids };
}
