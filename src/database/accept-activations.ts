import type { Database } from './open-database.js';

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
  | { readonly kind: 'accepted' | 'repeated'; readonly activationIds: readonly string[] }
  | { readonly kind: 'key_used_for_another_request' };

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
  return db.transaction().execute(async (tx): Promise<Acceptance> => {
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
