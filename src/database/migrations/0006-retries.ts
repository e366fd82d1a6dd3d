import type { Kysely } from 'kysely';

/** Which run is the retry of which: at most one of each, however often it is asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('activations')
    .addColumn('retry_of', 'text', (c) => c.unique().references('activations.id'))
    .execute();
}
