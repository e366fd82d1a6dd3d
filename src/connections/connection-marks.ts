import type { ConnectionAttention } from '../database/connections.js';
import type { Database } from '../database/open-database.js';

/** Records that TikTok accepts an authorization again that had been given up; only if it is still the same one. */
export async function markUsableAgain(db: Database, id: string, version: number): Promise<void> {
  await db
    .updateTable('connections')
    .set({ status: 'configured', attention: null, verified_at: new Date() })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('status', '=', 'needs_reauthorization')
    .execute();
}

/** Records why a sign-in was not enough. An authorization that works is left alone, and so is its connection. */
export async function recordInsufficientSignIn(
  db: Database,
  id: string,
  attention: ConnectionAttention,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ attention: JSON.stringify(attention) })
    .where('id', '=', id)
    .where('status', '!=', 'configured')
    .execute();
}
