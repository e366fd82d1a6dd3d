import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('connections')
    .addColumn('refresh_token', 'bytea')
    .addColumn('token_expires_at', 'timestamptz')
    .addColumn('last_failure', 'jsonb')
    .execute();
  await db.schema.alterTable('connection_advertisers').addColumn('can_write', 'boolean').execute();
  await db.schema
    .alterTable('authorization_requests')
    .addColumn('purpose', 'text', (c) => c.notNull().defaultTo('sign_in'))
    .addColumn('invited_by', 'text')
    .addColumn('note', 'text')
    .addColumn('invitation_digest', 'text')
    .execute();
}
