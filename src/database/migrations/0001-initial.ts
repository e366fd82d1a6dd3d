import { type Kysely, sql } from 'kysely';

const now = sql`now()`;

export async function up(db: Kysely<unknown>): Promise<void> {
  const schema = db.schema;

  await schema
    .createTable('connections')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('name', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('access_token', 'bytea')
    .addColumn('scopes', sql`text[]`, (c) => c.notNull().defaultTo(sql`'{}'`))
    .addColumn('authorized_by', 'text')
    .addColumn('authorized_at', 'timestamptz')
    .addColumn('verified_at', 'timestamptz')
    .addColumn('attention', 'jsonb')
    .addColumn('created_at', 'timestamptz(3)', (c) => c.notNull().defaultTo(now))
    .execute();

  await schema
    .createTable('connection_advertisers')
    .addColumn('connection_id', 'text', (c) => c.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('advertiser_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('timezone', 'text')
    .addColumn('audiences_used', 'integer')
    .addPrimaryKeyConstraint('connection_advertisers_pk', ['connection_id', 'advertiser_id'])
    .execute();

  await schema
    .createTable('authorization_requests')
    .addColumn('state_digest', 'text', (c) => c.primaryKey())
    .addColumn('connection_id', 'text', (c) => c.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('expires_at', 'timestamptz', (c) => c.notNull())
    .addColumn('used_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .execute();

  await schema
    .createTable('uploads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('filename', 'text')
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('received', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('progressed_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .addColumn('completed_at', 'timestamptz')
    .addColumn('digest', 'text')
    .addColumn('removed_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz(3)', (c) => c.notNull().defaultTo(now))
    .execute();

  await schema
    .createTable('preparations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('upload_id', 'text', (c) => c.notNull().references('uploads.id'))
    .addColumn('plan', 'jsonb', (c) => c.notNull())
    .addColumn('rows_total', 'bigint')
    .addColumn('parts_total', 'integer')
    .addColumn('discarded_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .execute();
  await schema
    .createIndex('preparations_key')
    .unique()
    .on('preparations')
    .column('key')
    .where(sql.ref('discarded_at'), 'is', null)
    .execute();

  await schema
    .createTable('activations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('upload_id', 'text', (c) => c.notNull().references('uploads.id'))
    .addColumn('connection_id', 'text', (c) => c.notNull().references('connections.id'))
    .addColumn('advertiser_id', 'text', (c) => c.notNull())
    .addColumn('request', 'jsonb', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('waiting', 'jsonb')
    .addColumn('attention', 'jsonb')
    .addColumn('failure', 'jsonb')
    .addColumn('preparation_id', 'text', (c) => c.references('preparations.id'))
    .addColumn('audience_id', 'text')
    .addColumn('audience_state', 'text')
    .addColumn('audience_matched', 'bigint')
    .addColumn('created_at', 'timestamptz(3)', (c) => c.notNull().defaultTo(now))
    .addColumn('dispatched_at', 'timestamptz')
    .addColumn('started_at', 'timestamptz')
    .addColumn('finished_at', 'timestamptz')
    .execute();
  await schema.createIndex('activations_newest').on('activations').columns(['created_at', 'id']).execute();
  await schema.createIndex('activations_of_upload').on('activations').column('upload_id').execute();
  await schema
    .createIndex('activations_open')
    .on('activations')
    .column('connection_id')
    .where(sql.ref('finished_at'), 'is', null)
    .execute();

  await schema
    .createTable('preparation_leases')
    .addColumn('preparation_id', 'text', (c) => c.notNull().references('preparations.id'))
    .addColumn('activation_id', 'text', (c) => c.notNull().references('activations.id'))
    .addColumn('created_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .addPrimaryKeyConstraint('preparation_leases_pk', ['preparation_id', 'activation_id'])
    .execute();

  await schema
    .createTable('preparation_parts')
    .addColumn('preparation_id', 'text', (c) => c.notNull().references('preparations.id'))
    .addColumn('part_index', 'integer', (c) => c.notNull())
    .addColumn('range_start', 'bigint', (c) => c.notNull())
    .addColumn('range_end', 'bigint', (c) => c.notNull())
    .addColumn('first_line', 'bigint', (c) => c.notNull())
    .addColumn('first_row', 'bigint', (c) => c.notNull())
    .addColumn('rows', 'bigint', (c) => c.notNull())
    .addColumn('claimed_by', 'text')
    .addColumn('claimed_until', 'timestamptz')
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('prepared_at', 'timestamptz')
    .addColumn('bytes', 'bigint')
    .addColumn('md5', 'text')
    .addColumn('ledger', 'jsonb')
    .addColumn('distinct_sketch', 'bytea')
    .addPrimaryKeyConstraint('preparation_parts_pk', ['preparation_id', 'part_index'])
    .execute();

  await schema
    .createTable('deliveries')
    .addColumn('activation_id', 'text', (c) => c.notNull().references('activations.id'))
    .addColumn('part_index', 'integer', (c) => c.notNull())
    .addColumn('file_path', 'text', (c) => c.notNull())
    .addColumn('request_id', 'text')
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('uploaded_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .addPrimaryKeyConstraint('deliveries_pk', ['activation_id', 'part_index'])
    .execute();

  await schema
    .createTable('publications')
    .addColumn('activation_id', 'text', (c) => c.primaryKey().references('activations.id'))
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('one_time_name', 'text')
    .addColumn('intended_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .addColumn('audience_id', 'text')
    .addColumn('request_id', 'text')
    .addColumn('published_at', 'timestamptz')
    .addColumn('named_at', 'timestamptz')
    .execute();

  await schema
    .createTable('idempotency_keys')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('request_digest', 'text', (c) => c.notNull())
    .addColumn('activation_ids', sql`text[]`, (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull().defaultTo(now))
    .execute();
}
