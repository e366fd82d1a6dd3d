import type { Kysely } from 'kysely';

/** Ended runs stay for ever: those of the last day, and the last change of an audience, are found without reading them all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('activations_finished_at').on('activations').column('finished_at').execute();
  await db.schema
    .createIndex('publications_audience')
    .on('publications')
    .columns(['audience_id', 'published_at'])
    .execute();
  await db.schema
    .createIndex('publications_published_at')
    .on('publications')
    .column('published_at')
    .execute();
}
