import { type Kysely, sql } from 'kysely';

/** Turns and pauses of calls of TikTok, which all processes share. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('call_schedules')
    .addColumn('app_id', 'text', (c) => c.notNull())
    .addColumn('endpoint', 'text', (c) => c.notNull())
    .addColumn('next_at', 'timestamptz', (c) => c.notNull().defaultTo(sql`'-infinity'`))
    .addColumn('turns', sql`timestamptz[]`, (c) => c.notNull().defaultTo(sql`'{}'`))
    .addColumn('turn_owners', sql`text[]`, (c) => c.notNull().defaultTo(sql`'{}'`))
    .addColumn('day', 'date', (c) => c.notNull().defaultTo(sql`'-infinity'`))
    .addColumn('day_calls', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('strikes', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('incident', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('granted', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('turn_at', 'timestamptz', (c) => c.notNull().defaultTo(sql`'-infinity'`))
    .addPrimaryKeyConstraint('call_schedules_pk', ['app_id', 'endpoint'])
    // Each call rewrites its row; with room on the page the old versions are cleared on the way.
    .modifyEnd(sql`WITH (fillfactor = 20)`)
    .execute();

  await db.schema
    .createTable('call_pauses')
    .addColumn('app_id', 'text', (c) => c.notNull())
    .addColumn('advertiser_id', 'text', (c) => c.notNull())
    .addColumn('paused_until', 'timestamptz', (c) => c.notNull())
    .addColumn('strikes', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('incident', 'integer', (c) => c.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('call_pauses_pk', ['app_id', 'advertiser_id'])
    .execute();
}
