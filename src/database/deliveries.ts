import type { Selectable } from 'kysely';
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

/** Forgets everything that was uploaded for a run, unless it works on another preparation than this one by now. */
export async function forgetDeliveriesOf(
  db: Database,
  activationId: string,
  preparationId: string,
): Promise<void> {
  await db
    .deleteFrom('deliveries')
    .where('activation_id', '=', activationId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('activations')
          .select('id')
          .where('id', '=', activationId)
          .where('preparation_id', '=', preparationId),
      ),
    )
    .execute();
}

/** Records that TikTok has a part. The first record stands, so that a part has one `file_path` in the audience. */
export async function recordDelivery(
  db: Database,
  delivery: {
    activationId: string;
    partIndex: number;
    filePath: string;
    requestId: string | null;
    bytes: number;
  },
): Promise<void> {
  await db
    .insertInto('deliveries')
    .values({
      activation_id: delivery.activationId,
      part_index: delivery.partIndex,
      file_path: delivery.filePath,
      request_id: delivery.requestId,
      bytes: delivery.bytes,
    })
    .onConflict((conflict) => conflict.columns(['activation_id', 'part_index']).doNothing())
    .execute();
}
