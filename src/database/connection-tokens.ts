import { sql } from 'kysely';
import type { ConnectionRow } from './connections.js';
import type { Database } from './open-database.js';

/** Of all transactions that lock the tokens of a connection, one goes on; to its end. Reading does not wait for it. */
export async function lockTokens(tx: Database, connectionId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tokens of ${connectionId}`}, 0))`.execute(tx);
}

/** Tokens of the same authorization as before: its version stays. */
export async function storeRefreshedTokens(
  db: Database,
  id: string,
  tokens: { accessToken: Buffer; refreshToken: Buffer | null; tokenExpiresAt: Date | null },
): Promise<ConnectionRow> {
  return db
    .updateTable('connections')
    .set({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      token_expires_at: tokens.tokenExpiresAt,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
