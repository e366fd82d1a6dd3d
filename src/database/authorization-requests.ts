import type { Database } from './open-database.js';

export async function insertAuthorizationRequest(
  db: Database,
  request: { stateDigest: string; connectionId: string; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto('authorization_requests')
    .values({
      state_digest: request.stateDigest,
      connection_id: request.connectionId,
      expires_at: request.expiresAt,
    })
    .execute();
}

export type StateOutcome =
  | { readonly kind: 'valid'; readonly connectionId: string }
  | { readonly kind: 'unknown' | 'used' | 'expired' };

/** Uses a state up: of two callbacks with the same one, exactly one gets `valid`. */
export async function useAuthorizationRequest(db: Database, stateDigest: string): Promise<StateOutcome> {
  const taken = await db
    .updateTable('authorization_requests')
    .set({ used_at: new Date() })
    .where('state_digest', '=', stateDigest)
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date())
    .returning('connection_id')
    .executeTakeFirst();
  if (taken !== undefined) return { kind: 'valid', connectionId: taken.connection_id };

  const known = await db
    .selectFrom('authorization_requests')
    .select('used_at')
    .where('state_digest', '=', stateDigest)
    .executeTakeFirst();
  if (known === undefined) return { kind: 'unknown' };
  return { kind: known.used_at === null ? 'expired' : 'used' };
}
