import { type Selectable, sql } from 'kysely';
import { DATABASE_TIME, databaseTimeIn } from './clock.js';
import type { Database } from './open-database.js';
import type { AuthorizationRequestsTable } from './schema.js';

/** After its end a link is explained for as long as this ("expired", "used"); then it is unknown. */
const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000;

/** A sign-in or an invitation that was begun. */
export interface AuthorizationRequest {
  readonly connectionId: string;
  readonly purpose: string;
  readonly expiresAt: Date;
  readonly invitedBy: string | null;
  readonly note: string | null;
  /** Of the invitation through which this sign-in was begun. */
  readonly invitationDigest: string | null;
}

export async function insertAuthorizationRequest(
  db: Database,
  request: AuthorizationRequest & { readonly stateDigest: string },
): Promise<void> {
  await db
    .deleteFrom('authorization_requests')
    .where('expires_at', '<', databaseTimeIn(-REMEMBERED_MS))
    .execute();
  await db
    .insertInto('authorization_requests')
    .values({
      state_digest: request.stateDigest,
      connection_id: request.connectionId,
      purpose: request.purpose,
      expires_at: request.expiresAt,
      invited_by: request.invitedBy,
      note: request.note,
      invitation_digest: request.invitationDigest,
    })
    .execute();
}

export type StateOutcome =
  | { readonly kind: 'valid'; readonly request: AuthorizationRequest }
  | { readonly kind: 'unknown' | 'used' | 'expired' };

/** Uses a request up: of two callbacks with the same state, exactly one gets `valid`. */
export async function useAuthorizationRequest(db: Database, stateDigest: string): Promise<StateOutcome> {
  const taken = await db
    .updateTable('authorization_requests')
    .set({ used_at: DATABASE_TIME })
    .where('state_digest', '=', stateDigest)
    .where('used_at', 'is', null)
    .where('expires_at', '>', DATABASE_TIME)
    .returningAll()
    .executeTakeFirst();
  if (taken !== undefined) return { kind: 'valid', request: requestOf(taken) };
  const known = await findAuthorizationRequest(db, stateDigest);
  // Whoever took it between the two statements was faster.
  return known.kind === 'valid' ? { kind: 'used' } : known;
}

/** What is known of a request, without using it up. */
export async function findAuthorizationRequest(db: Database, stateDigest: string): Promise<StateOutcome> {
  const known = await db
    .selectFrom('authorization_requests')
    .selectAll()
    .select(sql<boolean>`expires_at <= now()`.as('expired'))
    .where('state_digest', '=', stateDigest)
    .executeTakeFirst();
  if (known === undefined) return { kind: 'unknown' };
  if (known.used_at !== null) return { kind: 'used' };
  if (known.expired) return { kind: 'expired' };
  return { kind: 'valid', request: requestOf(known) };
}

function requestOf(row: Selectable<AuthorizationRequestsTable>): AuthorizationRequest {
  return {
    connectionId: row.connection_id,
    purpose: row.purpose,
    expiresAt: row.expires_at,
    invitedBy: row.invited_by,
    note: row.note,
    invitationDigest: row.invitation_digest,
  };
}
