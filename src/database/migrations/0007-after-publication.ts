import type { Kysely } from 'kysely';

/** What TikTok said to a publication that it took, and when its audience was looked at again after the run. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('publications')
    .addColumn('warning', 'text')
    .addColumn('looked_again_at', 'timestamptz')
    .execute();
}
