import type { Selectable } from 'kysely';
import { holdOpenRun } from './activations.js';
import { DATABASE_TIME } from './clock.js';
import type { Database } from './open-database.js';
import type { PreparationsTable } from './schema.js';

export type PreparationRow = Selectable<PreparationsTable>;

export interface NewPart {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * Gives the activation a lease on the preparation with this key, which is made when there is none. An activation that
 * holds a lease already gets the same preparation again. Where it worked on another one, what TikTok has of that is
 * forgotten. Throws `RunIsOverError`, and an error when the run works on a third one by now: whoever knows only the
 * `earlier` one has slept meanwhile.
 */
export async function leasePreparation(
  db: Database,
  wanted: {
    id: string;
    key: string;
    uploadId: string;
    plan: object;
    activationId: string;
    /** Which one the run worked on when it was looked; null for none. */
    earlier: string | null;
  },
): Promise<PreparationRow> {
  return db.transaction().execute(async (tx) => {
    await holdOpenRun(tx, wanted.activationId);
    const preparation = await currentPreparation(tx, wanted);
    const { preparation_id: now } = await tx
      .selectFrom('activations')
      .select('preparation_id')
      .where('id', '=', wanted.activationId)
      .executeTakeFirstOrThrow();
    if (now !== wanted.earlier && now !== preparation.id) {
      throw new Error(`the run of ${wanted.activationId} works on another preparation by now`);
    }
    await tx
      .insertInto('preparation_leases')
      .values({ preparation_id: preparation.id, activation_id: wanted.activationId })
      .onConflict((conflict) => conflict.columns(['preparation_id', 'activation_id']).doNothing())
      .execute();
    const changed = await tx
      .updateTable('activations')
      .set({ preparation_id: preparation.id })
      .where('id', '=', wanted.activationId)
      .where('preparation_id', 'is distinct from', preparation.id)
      .returning('id')
      .executeTakeFirst();
    // In the same transaction: a delivery is recorded only of the preparation that the run works on.
    if (changed !== undefined) {
      await tx.deleteFrom('deliveries').where('activation_id', '=', wanted.activationId).execute();
    }
    return preparation;
  });
}

/** The preparation with this key, locked, so that the last holder's release cannot discard it before the new lease. */
async function currentPreparation(
  tx: Database,
  wanted: { id: string; key: string; uploadId: string; plan: object },
): Promise<PreparationRow> {
  for (;;) {
    await tx
      .insertInto('preparations')
      .values({
        id: wanted.id,
        key: wanted.key,
        upload_id: wanted.uploadId,
        plan: JSON.stringify(wanted.plan),
      })
      .onConflict((conflict) => conflict.column('key').where('discarded_at', 'is', null).doNothing())
      .execute();
    const preparation = await tx
      .selectFrom('preparations')
      .selectAll()
      .where('key', '=', wanted.key)
      .where('discarded_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    // None: the one that was in the way of the insert was discarded while this waited for its lock.
    if (preparation !== undefined) return preparation;
  }
}

export async function findPreparation(db: Database, id: string): Promise<PreparationRow | undefined> {
  return db.selectFrom('preparations').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Ids of all preparations that were ever made of an upload. */
export async function preparationIdsOf(db: Database, uploadId: string): Promise<string[]> {
  const rows = await db.selectFrom('preparations').select('id').where('upload_id', '=', uploadId).execute();
  return rows.map(({ id }) => id);
}

/**
 * Of these preparations, those of which an upload is kept: the one they were made of, or another with the same content
 * whose runs share them.
 */
export async function preparationsWithUpload(db: Database, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('preparations as p')
    .select('p.id')
    .where('p.id', 'in', [...ids])
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('uploads as u')
          .leftJoin('activations as a', (join) =>
            join.onRef('a.upload_id', '=', 'u.id').onRef('a.preparation_id', '=', 'p.id'),
          )
          .select('u.id')
          .where('u.removed_at', 'is', null)
          .where((or) => or.or([or('a.id', 'is not', null), or('u.id', '=', or.ref('p.upload_id'))])),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** Of these preparations, those whose parts are in use. */
export async function keptPreparations(db: Database, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('preparations')
    .select('id')
    .where('id', 'in', [...ids])
    .where('discarded_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Leases that nobody needs any more: of runs that have completed, that ended before `endedBefore` and were not retried,
 * or whose upload is gone.
 */
export async function lapsedLeases(
  db: Database,
  endedBefore: Date,
): Promise<{ preparationId: string; activationId: string }[]> {
  return db
    .selectFrom('preparation_leases as l')
    .innerJoin('activations as a', 'a.id', 'l.activation_id')
    .innerJoin('uploads as u', 'u.id', 'a.upload_id')
    .select(['l.preparation_id as preparationId', 'l.activation_id as activationId'])
    .where('a.finished_at', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('a.phase', '=', 'completed'),
        eb('a.finished_at', '<', endedBefore),
        eb('u.removed_at', 'is not', null),
      ]),
    )
    .execute();
}

/** Preparations that nobody holds and that are not discarded: they were kept for a run which then did not want them. */
export async function unleasedPreparations(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('preparations')
    .select('id')
    .where('discarded_at', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('preparation_leases')
            .select('activation_id')
            .whereRef('preparation_id', '=', 'preparations.id'),
        ),
      ),
    )
    .execute();
  return rows.map(({ id }) => id);
}

const PARTS_PER_INSERT = 500;

/** Stores the result of a split, once: splits of one preparation are equal, so the first stands. */
export async function storeSplit(
  db: Database,
  preparationId: string,
  split: { rows: number; parts: readonly NewPart[] },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const preparation = await tx
      .selectFrom('preparations')
      .select('rows_total')
      .where('id', '=', preparationId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (preparation.rows_total !== null) return;
    for (let from = 0; from < split.parts.length; from += PARTS_PER_INSERT) {
      await tx
        .insertInto('preparation_parts')
        .values(
          split.parts.slice(from, from + PARTS_PER_INSERT).map((part) => ({
            preparation_id: preparationId,
            part_index: part.index,
            range_start: part.start,
            range_end: part.end,
            first_line: part.firstLine,
            first_row: part.firstRow,
            rows: part.rows,
          })),
        )
        .execute();
    }
    await tx
      .updateTable('preparations')
      .set({ rows_total: split.rows, parts_total: split.parts.length })
      .where('id', '=', preparationId)
      .execute();
  });
}

/**
 * Gives up a lease, or, with null, looks whether there is any. When it was the last one the preparation is discarded and `true` is returned: its parts are to be
 * deleted then, and nobody will read them any more. Called again after that it returns `true` again, so that a
 * deletion that was cut off is finished. While an open run of the same upload has no preparation yet, this one is kept:
 * that run is likely to want it, and the sweep looks again later.
 */
export async function releasePreparation(
  db: Database,
  preparationId: string,
  activationId: string | null,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const preparation = await tx
      .selectFrom('preparations')
      .select(['discarded_at', 'upload_id'])
      .where('id', '=', preparationId)
      .forUpdate()
      .executeTakeFirst();
    if (preparation === undefined) return false;
    await tx
      .deleteFrom('preparation_leases')
      .where('preparation_id', '=', preparationId)
      .where('activation_id', '=', activationId)
      .execute();
    if (preparation.discarded_at !== null) return true;
    const { wanted } = await tx
      .selectNoFrom((eb) =>
        eb
          .or([
            eb.exists(
              eb
                .selectFrom('preparation_leases')
                .select('activation_id')
                .where('preparation_id', '=', preparationId),
            ),
            eb.exists(
              eb
                .selectFrom('activations')
                .select('id')
                .where('upload_id', '=', preparation.upload_id)
                .where('finished_at', 'is', null)
                .where('preparation_id', 'is', null),
            ),
          ])
          .as('wanted'),
      )
      .executeTakeFirstOrThrow();
    if (wanted) return false;
    await tx
      .updateTable('preparations')
      .set({ discarded_at: DATABASE_TIME })
      .where('id', '=', preparationId)
      .execute();
    return true;
  });
}

/** Gives up every lease of a run. Returns the preparations that are discarded: their parts are to be deleted. */
export async function releaseLeases(db: Database, activationId: string): Promise<string[]> {
  const held = await db
    .selectFrom('preparation_leases')
    .select('preparation_id as id')
    .where('activation_id', '=', activationId)
    .union(
      db
        .selectFrom('activations')
        .innerJoin('preparations', 'preparations.id', 'activations.preparation_id')
        .select('preparations.id')
        .where('activations.id', '=', activationId),
    )
    .execute();
  const discarded: string[] = [];
  for (const { id } of held) if (await releasePreparation(db, id, activationId)) discarded.push(id);
  return discarded;
}
