import { type Kysely, sql } from 'kysely';

const now = sql`now()`;

/** One change of an audience at a time, and what is known of an attempt to make one whose answer was lost. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('audience_turns')
    .addColumn('advertiser_id', 'text', (c) => c.notNull())
    .addColumn('audience_id', 'text', (c) => c.notNull())
    .addColumn('activation_id', 'text', (c) => c.notNull().references('activations.id'))
    .addColumn('taken_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .addPrimaryKeyConstraint('audience_turns_pk', ['advertiser_id', 'audience_id'])
    .execute();

  await schema
    .alterTable('publications')
    .addColumn('sends', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('send_before', 'timestamptz')
    .addColumn('looks', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('doubted_at', 'timestamptz')
    .addColumn('history_before', sql`text[]`)
    .execute();
  // What an earlier release asked of TikTok without an answer is looked for before it is asked again.
  await sql`update publications set send_before = intended_at where published_at is null`.execute(db);

  await schema.alterTable('activations').addColumn('audience_words', 'text').execute();
}
