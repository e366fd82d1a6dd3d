import { sql } from 'kysely';
import type { Database } from './open-database.js';

/** Where an activation stands, as sums over its parts. All zero before the split. */
export interface ActivationProgress {
  readonly rowsTotal: number;
  readonly rowsRead: number;
  readonly rowsSent: number;
  readonly rowsRejected: number;
  readonly rowsExcluded: number;
  readonly rowsBlank: number;
  readonly partsTotal: number;
  readonly partsPrepared: number;
  readonly partsUploaded: number;
  /** To prepare: of the upload, and from the split on of the records in it, unpacked, as `bytesPrepared` counts them. */
  readonly bytesTotal: number;
  readonly bytesPrepared: number;
  /** Of the parts as TikTok has them. */
  readonly bytesUploaded: number;
}

const ledgerSum = (field: string) =>
  sql<number>`coalesce(sum((p.ledger->>${sql.lit(field)})::int8), 0)::int8`;

/**
 * The progress of several activations in one query: totals are always summed over the parts, never counted up, so
 * that nothing that happens twice can count twice.
 */
export async function progressOf(
  db: Database,
  activationIds: readonly string[],
): Promise<Map<string, ActivationProgress>> {
  if (activationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('activations as a')
    .innerJoin('uploads as u', 'u.id', 'a.upload_id')
    .leftJoin('preparations as r', 'r.id', 'a.preparation_id')
    .leftJoin('preparation_parts as p', 'p.preparation_id', 'a.preparation_id')
    .leftJoin('deliveries as d', (join) =>
      join.onRef('d.activation_id', '=', 'a.id').onRef('d.part_index', '=', 'p.part_index'),
    )
    .select([
      'a.id',
      sql<number>`coalesce(max(r.rows_total), 0)::int8`.as('rowsTotal'),
      ledgerSum('rowsRead').as('rowsRead'),
      ledgerSum('rowsSent').as('rowsSent'),
      ledgerSum('rowsRejected').as('rowsRejected'),
      ledgerSum('rowsExcluded').as('rowsExcluded'),
      ledgerSum('rowsBlank').as('rowsBlank'),
      sql<number>`coalesce(max(r.parts_total), 0)::int8`.as('partsTotal'),
      sql<number>`count(p.prepared_at)`.as('partsPrepared'),
      sql<number>`count(d.part_index)`.as('partsUploaded'),
      sql<number>`coalesce(sum(p.range_end - p.range_start), max(u.size))::int8`.as('bytesTotal'),
      sql<number>`coalesce(sum(p.range_end - p.range_start) filter (where p.prepared_at is not null), 0)::int8`.as(
        'bytesPrepared',
      ),
      sql<number>`coalesce(sum(d.bytes), 0)::int8`.as('bytesUploaded'),
    ])
    .where('a.id', 'in', activationIds)
    .groupBy('a.id')
    .execute();
  return new Map(rows.map(({ id, ...progress }) => [id, progress]));
}

/** Ledgers and sketches of the prepared parts of a preparation. */
export async function preparedLedgers(
  db: Database,
  preparationId: string,
): Promise<{ ledger: object; distinct: Buffer | null }[]> {
  const rows = await db
    .selectFrom('preparation_parts')
    .select(['ledger', 'distinct_sketch'])
    .where('preparation_id', '=', preparationId)
    .where('prepared_at', 'is not', null)
    .orderBy('part_index')
    .execute();
  return rows.flatMap((row) =>
    row.ledger === null ? [] : [{ ledger: row.ledger, distinct: row.distinct_sketch }],
  );
}
