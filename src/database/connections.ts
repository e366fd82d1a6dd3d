import { type Selectable, sql } from 'kysely';
import { DATABASE_TIME, isOld } from './clock.js';
import type { Database } from './open-database.js';
import { behind, type Page, type PagePosition, toPage } from './page.js';
import type { ConnectionAdvertisersTable, ConnectionEnvironment, ConnectionsTable } from './schema.js';

export type ConnectionRow = Selectable<ConnectionsTable>;
export type AdvertiserRow = Selectable<ConnectionAdvertisersTable>;

export interface ConnectionAttention {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

export async function insertConnection(
  db: Database,
  connection: { id: string; platform: string; name: string | null; environment: ConnectionEnvironment },
): Promise<ConnectionRow> {
  return db
    .insertInto('connections')
    .values({ ...connection, status: 'not_configured' })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findConnection(db: Database, id: string): Promise<ConnectionRow | undefined> {
  return db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Those of the given connections whose calls go to the sandbox. */
export async function sandboxConnectionsAmong(db: Database, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('connections')
    .select('id')
    .where('id', 'in', ids)
    .where('environment', '=', 'sandbox')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export async function listConnections(
  db: Database,
  page: { limit: number; from?: PagePosition | undefined },
): Promise<Page<ConnectionRow>> {
  const rows = await db
    .selectFrom('connections')
    .selectAll()
    .where(behind(page.from))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return toPage(rows, page.limit);
}

export async function advertisersOf(
  db: Database,
  connectionIds: readonly string[],
): Promise<AdvertiserRow[]> {
  if (connectionIds.length === 0) return [];
  return db
    .selectFrom('connection_advertisers')
    .selectAll()
    .where('connection_id', 'in', connectionIds)
    .orderBy('name')
    .orderBy('advertiser_id')
    .execute();
}

/** The zone in which TikTok's `get` writes times for an advertiser, as `America/New_York`; null when it is not known. */
export async function advertiserTimeZone(
  db: Database,
  { connectionId, advertiserId }: { readonly connectionId: string; readonly advertiserId: string },
): Promise<string | null> {
  const row = await db
    .selectFrom('connection_advertisers')
    .select('timezone')
    .where('connection_id', '=', connectionId)
    .where('advertiser_id', '=', advertiserId)
    .executeTakeFirst();
  return row?.timezone ?? null;
}

/** A statement has 65,535 parameters at most, and an agency may have more ad accounts than a sixth of that. */
const ROWS_AT_ONCE = 5_000;

/**
 * Stores a new authorization and its advertisers; the connection is configured and its version is one higher.
 *
 * @param tx a transaction: all of it is stored, or nothing
 */
export async function storeAuthorization(
  tx: Database,
  id: string,
  authorization: {
    accessToken: Buffer;
    refreshToken: Buffer | null;
    tokenExpiresAt: Date | null;
    scopes: readonly string[];
    authorizedBy: string | null;
    advertisers: readonly Omit<AdvertiserRow, 'connection_id'>[];
    /** What a person should know of an authorization that works. */
    attention: ConnectionAttention | null;
  },
): Promise<void> {
  await tx
    .updateTable('connections')
    .set((eb) => ({
      status: 'configured' as const,
      version: eb('version', '+', 1),
      access_token: authorization.accessToken,
      refresh_token: authorization.refreshToken,
      token_expires_at: authorization.tokenExpiresAt,
      scopes: [...authorization.scopes],
      authorized_by: authorization.authorizedBy,
      authorized_at: DATABASE_TIME,
      verified_at: DATABASE_TIME,
      attention: authorization.attention === null ? null : JSON.stringify(authorization.attention),
      last_failure: null,
    }))
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await tx.deleteFrom('connection_advertisers').where('connection_id', '=', id).execute();
  const { advertisers } = authorization;
  for (let from = 0; from < advertisers.length; from += ROWS_AT_ONCE) {
    const rows = advertisers.slice(from, from + ROWS_AT_ONCE);
    await tx
      .insertInto('connection_advertisers')
      .values(rows.map((advertiser) => ({ ...advertiser, connection_id: id })))
      .execute();
  }
}

/**
 * Records that a person must sign in again; only if the authorization is still the one that failed, so that a late
 * failure of an old token does not spoil a new one.
 */
export async function markUnusable(
  db: Database,
  id: string,
  version: number,
  attention: ConnectionAttention,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ status: 'needs_reauthorization', attention: JSON.stringify(attention) })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('status', '=', 'configured')
    .execute();
}

/** How many custom audiences an advertiser has by now. */
export async function recordAudiencesUsed(
  db: Database,
  target: { connectionId: string; advertiserId: string },
  used: number,
): Promise<void> {
  await db
    .updateTable('connection_advertisers')
    .set({ audiences_used: used })
    .where('connection_id', '=', target.connectionId)
    .where('advertiser_id', '=', target.advertiserId)
    .execute();
}

/** Notes that TikTok accepted the authorization just now, unless that was noted less than `intervalMs` ago. */
export async function markVerified(
  db: Database,
  id: string,
  version: number,
  intervalMs: number,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ verified_at: DATABASE_TIME })
    .where('id', '=', id)
    .where('version', '=', version)
    .where((eb) => eb.or([eb('verified_at', 'is', null), isOld(sql.ref('verified_at'), intervalMs)]))
    .execute();
}

/**
 * Forgets the tokens; `attention` is what a person still has to do. Returns false, and leaves it as it is, when somebody
 * has signed in since: the new authorization was not given back.
 */
export async function markDisconnected(
  db: Database,
  { id, version }: { readonly id: string; readonly version: number },
  attention: ConnectionAttention | null,
): Promise<boolean> {
  const marked = await db
    .updateTable('connections')
    .set({
      status: 'disconnected',
      access_token: null,
      refresh_token: null,
      token_expires_at: null,
      attention: attention === null ? null : JSON.stringify(attention),
    })
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst();
  return marked !== undefined;
}
