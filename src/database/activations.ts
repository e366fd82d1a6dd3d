import { type Selectable, sql } from 'kysely';
import { goesOnWaiting, type PhaseRecord } from './activation-waits.js';
import { DATABASE_TIME } from './clock.js';
import type { Database } from './open-database.js';
import { behind, type Page, type PagePosition, toPage } from './page.js';
import type { ActivationsTable } from './schema.js';

export type ActivationRow = Selectable<ActivationsTable>;

export async function findActivation(db: Database, id: string): Promise<ActivationRow | undefined> {
  return db.selectFrom('activations').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listActivations(
  db: Database,
  filter: {
    limit: number;
    from?: PagePosition | undefined;
    phase?: string | undefined;
    connectionId?: string | undefined;
    /** Part of an id or of the audience's name, in any case. */
    q?: string | undefined;
  },
): Promise<Page<ActivationRow>> {
  let query = db.selectFrom('activations').selectAll().where(behind(filter.from));
  if (filter.phase !== undefined) query = query.where('phase', '=', filter.phase);
  if (filter.connectionId !== undefined) query = query.where('connection_id', '=', filter.connectionId);
  if (filter.q !== undefined) {
    const pattern = `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) =>
      eb.or([
        eb('id', 'ilike', pattern),
        eb('audience_id', 'ilike', pattern),
        eb(sql<string>`request->'audience'->>'name'`, 'ilike', pattern),
      ]),
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return toPage(rows, filter.limit);
}

/** Runs that have not ended. */
export async function openActivationsOf(db: Database, connectionId: string): Promise<ActivationRow[]> {
  return db
    .selectFrom('activations')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .execute();
}

/** Runs recorded before `before` that Temporal has not accepted yet. */
export async function undispatchedActivations(db: Database, before: Date): Promise<ActivationRow[]> {
  return db
    .selectFrom('activations')
    .selectAll()
    .where('dispatched_at', 'is', null)
    .where('finished_at', 'is', null)
    .where('created_at', '<', before)
    .orderBy('created_at')
    .execute();
}

/** Open runs that Temporal had accepted before `before`. */
export async function dispatchedActivations(db: Database, before: Date): Promise<ActivationRow[]> {
  return db
    .selectFrom('activations')
    .selectAll()
    .where('dispatched_at', '<', before)
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .execute();
}

/** Runs that have failed or were cancelled since `since`, also before Temporal had taken them. */
export async function activationsEndedBadly(db: Database, since: Date): Promise<ActivationRow[]> {
  return db
    .selectFrom('activations')
    .selectAll()
    .where('finished_at', '>=', since)
    .where('phase', 'in', ['failed', 'canceled'])
    .execute();
}

/** Takes an end back that was not one, unless the run was retried: two runs would do the work. Returns whether it did. */
export async function reopenActivation(db: Database, id: string, phase: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    // A retry is accepted under the same lock.
    await tx.selectFrom('activations').select('id').where('id', '=', id).forUpdate().execute();
    const reopened = await tx
      .updateTable('activations')
      .set({ phase, failure: null, attention: null, finished_at: null })
      .where('id', '=', id)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('activations as retry').select('retry.id').where('retry.retry_of', '=', id))),
      )
      .returning('id')
      .executeTakeFirst();
    return reopened !== undefined;
  });
}

/** Temporal has taken the run. One that was cancelled before stays as it is. */
export async function markDispatched(db: Database, id: string): Promise<void> {
  await db
    .updateTable('activations')
    .set({ dispatched_at: DATABASE_TIME })
    .where('id', '=', id)
    .where('dispatched_at', 'is', null)
    .where((eb) => eb.or([eb('finished_at', 'is', null), eb('started_at', 'is not', null)]))
    .execute();
}

/** Takes back that Temporal has taken a run, of which nothing was ever recorded: it is started again. Returns whether it did. */
export async function forgetDispatch(db: Database, id: string): Promise<boolean> {
  const forgotten = await db
    .updateTable('activations')
    .set({ dispatched_at: null })
    .where('id', '=', id)
    .where('phase', '=', 'queued')
    .where('started_at', 'is', null)
    .where('finished_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return forgotten !== undefined;
}

/** Ends a run that Temporal is not known to have taken. Returns whether it did. */
export async function recordCancelBeforeStart(
  db: Database,
  id: string,
  attention: object | null,
): Promise<boolean> {
  const ended = await db
    .updateTable('activations')
    .set({
      phase: 'canceled',
      attention: attention === null ? null : JSON.stringify(attention),
      finished_at: DATABASE_TIME,
    })
    .where('id', '=', id)
    .where('dispatched_at', 'is', null)
    .where('started_at', 'is', null)
    .where('finished_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Whether a run was ended by `recordCancelBeforeStart`: nothing of it may be open in Temporal. */
export function wasCanceledBeforeStart(row: ActivationRow): boolean {
  return row.finished_at !== null && row.dispatched_at === null && row.started_at === null;
}

/**
 * Records where an open run stands. What it waited for is over, but for a wait of the run's own that a pause or a reconnect
 * only lies over. A step that was frozen and comes after a later one of the same run changes nothing.
 */
export async function recordPhase(db: Database, id: string, record: PhaseRecord): Promise<void> {
  await db
    .updateTable('activations')
    .set((eb) => ({
      phase: record.phase,
      attention: record.attention === null ? null : JSON.stringify(record.attention),
      waiting: sql<string | null>`CASE WHEN ${goesOnWaiting(record)} THEN waiting END`,
      started_at: eb.fn.coalesce('started_at', DATABASE_TIME),
      phase_run: record.step?.runId ?? null,
      phase_step: record.step?.number ?? null,
    }))
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .where((eb) =>
      record.step === null
        ? eb.lit(true)
        : eb.or([
            eb('phase_run', 'is distinct from', record.step.runId),
            eb('phase_step', '<=', record.step.number),
          ]),
    )
    .execute();
}

/** Records what an open run shows by its own word, in the place of a phase that it has left. */
export async function recordShown(
  db: Database,
  id: string,
  left: string,
  { phase, attention }: { readonly phase: string; readonly attention: object | null },
): Promise<void> {
  await db
    .updateTable('activations')
    .set({ phase, attention: attention === null ? null : JSON.stringify(attention) })
    .where('id', '=', id)
    .where('phase', '=', left)
    .where('finished_at', 'is', null)
    .execute();
}

/** What TikTok shows of the audience of an open run. */
export async function recordAudience(
  db: Database,
  id: string,
  audience: { id: string; state: string; matched: number | null; words: string | null },
): Promise<void> {
  await db
    .updateTable('activations')
    .set({
      audience_id: audience.id,
      audience_state: audience.state,
      audience_matched: audience.matched,
      audience_words: audience.words,
    })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .execute();
}

/** What a look at the audience of a run that is over has shown. */
export async function recordSecondLook(
  db: Database,
  id: string,
  seen: { state: string; matched: number | null; words: string | null; attention: object | null },
): Promise<void> {
  await db
    .updateTable('activations')
    .set({
      audience_state: seen.state,
      audience_matched: seen.matched,
      audience_words: seen.words,
      attention: seen.attention === null ? null : JSON.stringify(seen.attention),
    })
    .where('id', '=', id)
    .execute();
}

/** The run of an activation has ended, or was ended: what an attempt of it still wants to do must not be done any more. */
export class RunIsOverError extends Error {
  override readonly name = 'RunIsOverError';
}

/**
 * Keeps a run from being recorded as ended until the transaction ends. An attempt that was frozen goes on as if nothing
 * had happened, when the run is over and perhaps retried: it stops here. Throws `RunIsOverError`.
 */
export async function holdOpenRun(tx: Database, id: string): Promise<void> {
  const row = await tx
    .selectFrom('activations')
    .select('id')
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new RunIsOverError(`the run of ${id} is over`);
}

/** The end of a run; the first one stands. `runId`: of the run in Temporal that ends; null when it was ended from outside. */
export async function recordEnd(
  db: Database,
  id: string,
  end: { phase: string; failure: object | null; attention: object | null; runId?: string | null },
): Promise<void> {
  await db
    .updateTable('activations')
    .set({
      phase: end.phase,
      failure: end.failure === null ? null : JSON.stringify(end.failure),
      attention: end.attention === null ? null : JSON.stringify(end.attention),
      waiting: null,
      finished_at: DATABASE_TIME,
      ...(end.runId == null ? {} : { phase_run: end.runId, phase_step: null }),
    })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .execute();
}
