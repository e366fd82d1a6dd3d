import { type Selectable, sql } from 'kysely';
import { holdOpenRun } from './activations.js';
import { DATABASE_TIME, databaseTimeIn } from './clock.js';
import type { Database } from './open-database.js';
import type { PublicationsTable } from './schema.js';

export type PublicationRow = Selectable<PublicationsTable>;

export interface Intent {
  readonly activationId: string;
  readonly action: string;
  readonly oneTimeName: string | null;
  /** Of the audience to change. */
  readonly audienceId: string | null;
  /** What TikTok's history of the audience held before, to tell afterwards what was added. */
  readonly historyBefore: readonly string[] | null;
}

export async function findPublication(
  db: Database,
  activationId: string,
): Promise<PublicationRow | undefined> {
  return db
    .selectFrom('publications')
    .selectAll()
    .where('activation_id', '=', activationId)
    .executeTakeFirst();
}

/** Whether TikTok was asked, as far as is known: it has answered, or may have taken a request whose answer was missed. */
export function isAsked(publication: PublicationRow | undefined): boolean {
  return publication?.published_at != null || publication?.send_before != null;
}

/**
 * Records, before it is done, that TikTok is about to be asked, and until when (by the database's clock) the request
 * may leave. One statement, so that of two attempts which both saw `seenSends` only one goes on. Returns which send it
 * is, counted from 1; null when another attempt was faster or has published already. Throws `RunIsOverError`: whoever
 * decides that a run is over, and may be retried, sees what it has recorded here.
 */
export async function recordSend(
  db: Database,
  intent: Intent,
  seenSends: number,
  withinMs: number,
): Promise<number | null> {
  const sendBefore = databaseTimeIn(withinMs);
  const historyBefore = intent.historyBefore === null ? null : [...intent.historyBefore];
  return db.transaction().execute(async (tx) => {
    await holdOpenRun(tx, intent.activationId);
    const row = await tx
      .insertInto('publications')
      .values({
        activation_id: intent.activationId,
        action: intent.action,
        one_time_name: intent.oneTimeName,
        audience_id: intent.audienceId,
        sends: 1,
        send_before: sendBefore,
        history_before: historyBefore,
      })
      .onConflict((conflict) =>
        conflict
          .column('activation_id')
          .doUpdateSet({
            sends: seenSends + 1,
            send_before: sendBefore,
            looks: 0,
            history_before: historyBefore,
          })
          .where('publications.sends', '=', seenSends)
          .where('publications.published_at', 'is', null),
      )
      .returning('sends')
      .executeTakeFirst();
    return row?.sends ?? null;
  });
}

/**
 * Records that a send is over: nothing of it can leave any more. Without effect for another than the latest send.
 *
 * @param outcome `nothing_done`: it may be repeated at once; `unknown`: TikTok has to be looked at first.
 */
export async function recordSendOver(
  db: Database,
  activationId: string,
  send: number,
  outcome: 'nothing_done' | 'unknown',
): Promise<void> {
  await db
    .updateTable('publications')
    .set({ send_before: outcome === 'nothing_done' ? null : sql<Date>`least(send_before, now())` })
    .where('activation_id', '=', activationId)
    .where('sends', '=', send)
    .where('published_at', 'is', null)
    .execute();
}

/** Counts a look at TikTok that did not find what was sent. `overdueMs`: since the request can no longer leave. */
export async function recordLook(
  db: Database,
  activationId: string,
): Promise<{ looks: number; sends: number; overdueMs: number }> {
  return db
    .updateTable('publications')
    .set({ looks: sql<number>`looks + 1`, doubted_at: sql<Date>`coalesce(doubted_at, now())` })
    .where('activation_id', '=', activationId)
    .returning([
      'looks',
      'sends',
      sql<number>`(extract(epoch from now() - coalesce(send_before, now())) * 1000)::int8`.as('overdueMs'),
    ])
    .executeTakeFirstOrThrow();
}

/** The first outcome stands. `doubted`: it was found by looking, so that there may be more than one. */
export async function recordPublished(
  db: Database,
  activationId: string,
  outcome: { audienceId: string; requestId: string | null; warning: string | null; doubted: boolean },
): Promise<void> {
  await db
    .updateTable('publications')
    .set({
      audience_id: outcome.audienceId,
      request_id: outcome.requestId,
      warning: outcome.warning,
      published_at: DATABASE_TIME,
      ...(outcome.doubted ? { doubted_at: sql<Date>`coalesce(doubted_at, now())` } : {}),
    })
    .where('activation_id', '=', activationId)
    .where('published_at', 'is', null)
    .execute();
}

export async function recordNamed(db: Database, activationId: string): Promise<void> {
  await db
    .updateTable('publications')
    .set({ named_at: DATABASE_TIME })
    .where('activation_id', '=', activationId)
    .execute();
}

/** Whether another activation has changed the audience, or may have, since the request of this one was recorded. */
export async function wasChangedByOthers(
  db: Database,
  publication: PublicationRow,
  audienceId: string,
): Promise<boolean> {
  const other = await db
    .selectFrom('publications')
    .select('activation_id')
    .where('audience_id', '=', audienceId)
    .where('activation_id', '!=', publication.activation_id)
    .where(sql<boolean>`coalesce(published_at, send_before) > ${publication.send_before}`)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** TikTok's ids of the requests by which activations were published; only those that are known. */
export async function publicationRequestIds(
  db: Database,
  activationIds: readonly string[],
): Promise<Map<string, string>> {
  if (activationIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('publications')
    .select(['activation_id', 'request_id'])
    .where('activation_id', 'in', activationIds)
    .execute();
  return new Map(
    rows.flatMap((row) => (row.request_id === null ? [] : [[row.activation_id, row.request_id] as const])),
  );
}

/** A publication whose audience is to be looked at again. */
export interface DueLook {
  readonly activationId: string;
  readonly connectionId: string;
  readonly advertiserId: string;
  readonly audienceId: string;
  readonly publishedAt: Date;
  readonly historyBefore: readonly string[] | null;
  readonly warning: string | null;
}

/**
 * Of runs that are over, which were published in a span of time and are not looked at again yet. Only the last change of
 * an audience: its size says nothing of the earlier ones any more.
 */
export async function dueSecondLooks(
  db: Database,
  span: { readonly publishedAfter: Date; readonly publishedBefore: Date },
): Promise<DueLook[]> {
  const rows = await db
    .selectFrom('publications')
    .innerJoin('activations', 'activations.id', 'publications.activation_id')
    .select([
      'publications.activation_id as activationId',
      'activations.connection_id as connectionId',
      'activations.advertiser_id as advertiserId',
      'publications.audience_id as audienceId',
      'publications.published_at as publishedAt',
      'publications.history_before as historyBefore',
      'publications.warning',
    ])
    .where('publications.published_at', '>', span.publishedAfter)
    .where('publications.published_at', '<=', span.publishedBefore)
    .where('publications.looked_again_at', 'is', null)
    .where('activations.finished_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('publications as later')
            .select('later.activation_id')
            .whereRef('later.audience_id', '=', 'publications.audience_id')
            .whereRef('later.published_at', '>', 'publications.published_at'),
        ),
      ),
    )
    .orderBy('publications.published_at')
    .execute();
  return rows.flatMap(({ audienceId, publishedAt, ...row }) =>
    audienceId === null || publishedAt === null ? [] : [{ ...row, audienceId, publishedAt }],
  );
}

export async function recordLookedAgain(db: Database, activationId: string): Promise<void> {
  await db
    .updateTable('publications')
    .set({ looked_again_at: DATABASE_TIME })
    .where('activation_id', '=', activationId)
    .execute();
}
