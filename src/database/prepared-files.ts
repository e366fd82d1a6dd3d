import { sql } from 'kysely';
import type { Database } from './open-database.js';

/** A file for TikTok that is made of one part. */
export interface PreparedFile {
  readonly part: number;
  readonly rows: number;
  readonly bytes: number;
}

/** The files of the prepared parts of a preparation, in order. A part of which no row is sent makes no file. */
export async function preparedFiles(db: Database, preparationId: string): Promise<PreparedFile[]> {
  const rows = sql<number>`(ledger->>'rowsSent')::int8`;
  return db
    .selectFrom('preparation_parts')
    .select(['part_index as part', rows.as('rows'), sql<number>`bytes::int8`.as('bytes')])
    .where('preparation_id', '=', preparationId)
    .where('prepared_at', 'is not', null)
    .where(rows, '>', 0)
    .orderBy('part_index')
    .execute();
}
