import { type Selectable, sql } from 'kysely';
import { DATABASE_TIME } from './clock.js';
import type { Database } from './open-database.js';
import { behind, type Page, type PagePosition, toPage } from './page.js';
import type { UploadsTable } from './schema.js';

export type UploadRow = Selectable<UploadsTable>;

export async function insertUpload(
  db: Database,
  upload: { id: string; filename: string | null; size: number },
): Promise<void> {
  await db.insertInto('uploads').values(upload).execute();
}

export async function findUpload(db: Database, id: string): Promise<UploadRow | undefined> {
  return db.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listUploads(
  db: Database,
  page: { limit: number; from?: PagePosition | undefined },
): Promise<Page<UploadRow>> {
  const rows = await db
    .selectFrom('uploads')
    .selectAll()
    .where('removed_at', 'is', null)
    .where(behind(page.from))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return toPage(rows, page.limit);
}

export async function recordReceived(db: Database, id: string, received: number): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ received, progressed_at: DATABASE_TIME })
    .where('id', '=', id)
    .where('completed_at', 'is', null)
    .execute();
}

/** From here on the upload is immutable. A second call changes nothing. */
export async function completeUpload(
  db: Database,
  id: string,
  content: { size: number; digest: string },
): Promise<void> {
  await db
    .updateTable('uploads')
    .set({ size: content.size, received: content.size, digest: content.digest, completed_at: DATABASE_TIME })
    .where('id', '=', id)
    .where('completed_at', 'is', null)
    .execute();
}

/**
 * Keeps an upload from being removed until the transaction ends, so that an activation can be recorded for it. False when
 * it is removed already.
 */
export async function holdUpload(tx: Database, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('uploads')
    .select('id')
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Gives an upload up, unless an open run uses it: whoever accepts an activation holds the same row. From here on no
 * activation is accepted for it, so that its content can be deleted. Returns whether it is given up.
 */
export async function giveUpUpload(db: Database, id: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await tx.selectFrom('uploads').select('id').where('id', '=', id).forUpdate().execute();
    // A look of its own, after the wait for the lock: it sees what was committed meanwhile.
    const user = await tx
      .selectFrom('activations')
      .select('id')
      .where('upload_id', '=', id)
      .where('finished_at', 'is', null)
      .executeTakeFirst();
    if (user !== undefined) return false;
    await tx
      .updateTable('uploads')
      .set({ removed_at: DATABASE_TIME, filename: null })
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .execute();
    return true;
  });
}

/** Uploads that are not complete, as far as the table knows. */
export async function incompleteUploads(db: Database): Promise<UploadRow[]> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('completed_at', 'is', null)
    .where('removed_at', 'is', null)
    .execute();
}

/**
 * Uploads whose time is over: incomplete ones without progress since `staleBefore`, complete ones whose last run
 * ended (or which were completed, without a run) before `unusedSince`. Never one that an open run uses.
 */
export async function expiredUploads(
  db: Database,
  limits: { staleBefore: Date; unusedSince: Date },
): Promise<UploadRow[]> {
  return db
    .selectFrom('uploads')
    .selectAll()
    .where('removed_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('completed_at', 'is', null), eb('progressed_at', '<', limits.staleBefore)]),
        eb.and([
          eb('completed_at', '<', limits.unusedSince),
          eb.not(
            eb.exists(
              eb
                .selectFrom('activations')
                .select('activations.id')
                .whereRef('activations.upload_id', '=', 'uploads.id')
                .where((or) =>
                  or.or([or('finished_at', 'is', null), or('finished_at', '>=', limits.unusedSince)]),
                ),
            ),
          ),
        ]),
      ]),
    )
    .execute();
}

/** When the last run of each upload ended; absent when there was none. */
export async function lastRunEnds(db: Database, ids: readonly string[]): Promise<Map<string, Date | null>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('activations')
    .select(['upload_id', sql<boolean>`bool_or(finished_at is null)`.as('open')])
    .select((eb) => eb.fn.max('finished_at').as('ended'))
    .where('upload_id', 'in', ids)
    .groupBy('upload_id')
    .execute();
  return new Map(rows.map((row) => [row.upload_id, row.open ? null : row.ended]));
}

/** Of these uploads, those whose content is kept. */
export async function keptUploads(db: Database, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('uploads')
    .select('id')
    .where('id', 'in', [...ids])
    .where('removed_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}
