import type { Kysely } from 'kysely';

/** Which step of which run recorded the phase last, so that a record that comes late is told from a new one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('activations')
    .addColumn('phase_run', 'text')
    .addColumn('phase_step', 'integer')
    .execute();
}
