import type { Selectable } from 'kysely';
import { DATABASE_TIME, databaseTimeIn } from './clock.js';
import type { Database } from './open-database.js';
import type { PreparationPartsTable } from './schema.js';

export type PartRow = Selectable<PreparationPartsTable>;

export async function findPart(
  db: Database,
  preparationId: string,
  index: number,
): Promise<PartRow | undefined> {
  return db
    .selectFrom('preparation_parts')
    .selectAll()
    .where('preparation_id', '=', preparationId)
    .where('part_index', '=', index)
    .executeTakeFirst();
}

export async function listParts(db: Database, preparationId: string): Promise<PartRow[]> {
  return db
    .selectFrom('preparation_parts')
    .selectAll()
    .where('preparation_id', '=', preparationId)
    .orderBy('part_index')
    .execute();
}

/**
 * Claims a part that is not prepared yet. False while another activation's claim holds. A claim of the same activation
 * is taken over: its earlier attempt is dead, or it is about to write the same bytes.
 */
export async function claimPart(
  db: Database,
  preparationId: string,
  index: number,
  claim: { activationId: string; forMs: number },
): Promise<boolean> {
  const claimed = await db
    .updateTable('preparation_parts')
    .set((eb) => ({
      claimed_by: claim.activationId,
      claimed_until: databaseTimeIn(claim.forMs),
      attempts: eb('attempts', '+', 1),
    }))
    .where('preparation_id', '=', preparationId)
    .where('part_index', '=', index)
    .where('prepared_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('claimed_until', 'is', null),
        eb('claimed_until', '<', DATABASE_TIME),
        eb('claimed_by', '=', claim.activationId),
      ]),
    )
    .returning('part_index')
    .executeTakeFirst();
  return claimed !== undefined;
}

export async function prolongClaim(
  db: Database,
  preparationId: string,
  index: number,
  claim: { activationId: string; forMs: number },
): Promise<void> {
  await db
    .updateTable('preparation_parts')
    .set({ claimed_until: databaseTimeIn(claim.forMs) })
    .where('preparation_id', '=', preparationId)
    .where('part_index', '=', index)
    .where('claimed_by', '=', claim.activationId)
    .execute();
}

/** Lets another attempt begin at once. */
export async function dropClaim(
  db: Database,
  preparationId: string,
  index: number,
  activationId: string,
): Promise<void> {
  await db
    .updateTable('preparation_parts')
    .set({ claimed_by: null, claimed_until: null })
    .where('preparation_id', '=', preparationId)
    .where('part_index', '=', index)
    .where('claimed_by', '=', activationId)
    .where('prepared_at', 'is', null)
    .execute();
}

/** Records a part whose bytes are in the store. The first record stands: later ones would say the same. */
export async function recordPrepared(
  db: Database,
  preparationId: string,
  index: number,
  prepared: { bytes: number; md5: string; ledger: object; distinct: Uint8Array },
): Promise<void> {
  await db
    .updateTable('preparation_parts')
    .set({
      prepared_at: DATABASE_TIME,
      bytes: prepared.bytes,
      md5: prepared.md5,
      ledger: JSON.stringify(prepared.ledger),
      distinct_sketch: Buffer.from(prepared.distinct),
      claimed_by: null,
      claimed_until: null,
    })
    .where('preparation_id', '=', preparationId)
    .where('part_index', '=', index)
    .where('prepared_at', 'is', null)
    .execute();
}
