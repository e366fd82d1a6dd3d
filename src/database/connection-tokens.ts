import { sql } from 'kysely';
import type { ConnectionRow } from './connections.js';
import type { Database } from './open-database.js';

/** Of all transactions that lock the tokens of a connection, one goes on; to its end. Reading does not wait for it. */
export async function lockTokens(tx: Database, connectionId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tokens of ${connectionId}`}, 0))`.execute(tx);
}

/**
 * Tokens of the same authorization as before: its version stays. Undefined when somebody has signed in anew or
 * disconnected meanwhile, which counts more.
 */
export async function storeRefreshedTokens(
  db: Database,
  refreshed: ConnectionRow,
  tokens: { accessToken: Buffer; refreshToken: Buffer | null; tokenExpiresAt: Date | null },
): Promise<ConnectionRow | undefined> {
  return db
    .updateTable('connections')
    .set({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      token_expires_at: tokens.tokenExpiresAt,
    })
    .where('id', '=', refreshed.id)
    .where('version', '=', refreshed.version)
    .where('access_token', '=', refreshed.access_token)
    .returningAll()
    .executeTakeFirst();
}

/** Ids of the connections that hold tokens. */
export async function connectionsWithTokens(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('connections')
    .select('id')
    .where('access_token', 'is not', null)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The encrypted tokens of a connection; null when it holds none any more. */
export async function storedTokens(
  db: Database,
  id: string,
): Promise<{ accessToken: Buffer; refreshToken: Buffer | null } | null> {
  const row = await db
    .selectFrom('connections')
    .select(['access_token', 'refresh_token'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined || row.access_token === null) return null;
  return { accessToken: row.access_token, refreshToken: row.refresh_token };
}

/** The same tokens in another encryption; false when the connection holds others by now. */
export async function replaceTokens(
  db: Database,
  id: string,
  replaced: Buffer,
  tokens: { accessToken: Buffer; refreshToken: Buffer | null },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('connections')
    .set({ access_token: tokens.accessToken, refresh_token: tokens.refreshToken })
    .where('id', '=', id)
    .where('access_token', '=', replaced)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
