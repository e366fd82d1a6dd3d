import type { Selectable } from 'kysely';
import type { Database } from './open-database.js';
import type { PublicationsTable } from './schema.js';

export type PublicationRow = Selectable<PublicationsTable>;

export async function findPublication(
  db: Database,
  activationId: string,
): Promise<PublicationRow | undefined> {
  return db
    .selectFrom('publications')
    .selectAll()
    .where('activation_id', '=', activationId)
    .executeTakeFirst();
}

/** Records what is about to be asked of TikTok. True when nothing had been recorded before. */
export async function recordIntent(
  db: Database,
  intent: { activationId: string; action: string; oneTimeName: string | null; audienceId: string | null },
): Promise<boolean> {
  const inserted = await db
    .insertInto('publications')
    .values({
      activation_id: intent.activationId,
      action: intent.action,
      one_time_name: intent.oneTimeName,
      audience_id: intent.audienceId,
    })
    .onConflict((conflict) => conflict.column('activation_id').doNothing())
    .returning('activation_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function recordPublished(
  db: Database,
  activationId: string,
  outcome: { audienceId: string; requestId: string | null },
): Promise<void> {
  await db
    .updateTable('publications')
    .set({ audience_id: outcome.audienceId, request_id: outcome.requestId, published_at: new Date() })
    .where('activation_id', '=', activationId)
    .where('published_at', 'is', null)
    .execute();
}

export async function recordNamed(db: Database, activationId: string): Promise<void> {
  await db
    .updateTable('publications')
    .set({ named_at: new Date() })
    .where('activation_id', '=', activationId)
    .execute();
}
