import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('connections')
    .addColumn('environment', 'text', (c) => c.notNull().defaultTo('live'))
    .execute();
}
