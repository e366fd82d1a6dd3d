import { type Selectable, sql } from 'kysely';
import type { Database } from './open-database.js';
import type { DeliveriesTable } from './schema.js';

export type DeliveryRow = Selectable<DeliveriesTable>;

export async function findDelivery(
  db: Database,
  activationId: string,
  partIndex: number,
): Promise<DeliveryRow | undefined> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('activation_id', '=', activationId)
    .where('part_index', '=', partIndex)
    .executeTakeFirst();
}

/** In the order of the parts. */
export async function listDeliveries(db: Database, activationId: string): Promise<DeliveryRow[]> {
  return db
    .selectFrom('deliveries')
    .selectAll()
    .where('activation_id', '=', activationId)
    .orderBy('part_index')
    .execute();
}

/**
 * Forgets that TikTok has these files, so that their parts are uploaded again. By their paths: a part that was uploaded
 * again meanwhile has another one, and that is kept.
 */
export async function forgetDeliveries(
  db: Database,
  activationId: string,
  filePaths: readonly string[],
): Promise<void> {
  if (filePaths.length === 0) return;
  await db
    .deleteFrom('deliveries')
    .where('activation_id', '=', activationId)
    .where('file_path', 'in', filePaths)
    .execute();
}

/**
 * Records that TikTok has a part of a preparation. The first record stands, so that a part has one `file_path` in the
 * audience. Without effect when the run works on another preparation by now: a part of that one has other rows.
 */
export async function recordDelivery(
  db: Database,
  delivery: {
    activationId: string;
    preparationId: string;
    partIndex: number;
    filePath: string;
    requestId: string | null;
    bytes: number;
  },
): Promise<void> {
  await db
    .insertInto('deliveries')
    .columns(['activation_id', 'part_index', 'file_path', 'request_id', 'bytes'])
    .expression(
      db
        .selectFrom('activations')
        .select([
          'id',
          sql<number>`${delivery.partIndex}::integer`.as('part_index'),
          sql<string>`${delivery.filePath}::text`.as('file_path'),
          sql<string | null>`${delivery.requestId}::text`.as('request_id'),
          sql<number>`${delivery.bytes}::bigint`.as('bytes'),
        ])
        .where('id', '=', delivery.activationId)
        .where('preparation_id', '=', delivery.preparationId)
        // Against a new plan at this moment.
        .forShare(),
    )
    .onConflict((conflict) => conflict.columns(['activation_id', 'part_index']).doNothing())
    .execute();
}
