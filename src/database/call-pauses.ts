import { type RawBuilder, sql } from 'kysely';
import { type CallKey, LATEST_PAUSE, milliseconds, nextMidnight } from './call-schedules.js';
import type { Database } from './open-database.js';

/** Milliseconds, or until the next 00:00 UTC. */
export type PauseLength = number | 'until_midnight_utc';

export interface Pause {
  readonly until: Date;
  /** From now, by PostgreSQL's clock, in milliseconds; zero or less for a pause that is over. */
  readonly waitMs: number;
}

const WHOLE_APP = '';

/** The pause that a call has to obey: of its app or of its advertiser, whichever ends later. Null when there is none. */
export async function findPause(db: Database, call: CallKey): Promise<Pause | null> {
  const { rows } = await sql<Pause>`
    SELECT paused_until AS until, ${remaining(sql`paused_until`)} AS "waitMs"
    FROM call_pauses
    WHERE app_id = ${call.appId} AND advertiser_id IN (${WHOLE_APP}, ${call.advertiserId})
      AND paused_until > clock_timestamp() AND paused_until <= ${LATEST_PAUSE}
    ORDER BY paused_until DESC
    LIMIT 1
  `.execute(db);
  return rows[0] ?? null;
}

/** Pauses all calls of the app, in every process. A pause that lasts longer already is left as it is. */
export async function pauseApp(db: Database, appId: string, length: PauseLength): Promise<Pause> {
  const { rows } = await sql<Pause>`
    INSERT INTO call_pauses AS p (app_id, advertiser_id, paused_until)
    VALUES (${appId}, ${WHOLE_APP}, ${endOf(length)})
    ON CONFLICT (app_id, advertiser_id) DO UPDATE SET paused_until = greatest(
      CASE WHEN p.paused_until <= ${LATEST_PAUSE} THEN p.paused_until END, excluded.paused_until)
    RETURNING paused_until AS until, ${remaining(sql`paused_until`)} AS "waitMs"
  `.execute(db);
  return onlyRow(rows);
}

/**
 * Pauses all calls for one advertiser, for longer with each refusal in a row: `lengths[0]` at first, and the last of
 * them from then on. Null when another call has reported since `incident` was read: both met the same throttle.
 */
export async function pauseAdvertiser(
  db: Database,
  call: CallKey,
  incident: number,
  lengths: readonly number[],
): Promise<Pause | null> {
  const last = lengths.length - 1;
  const { rows } = await sql<Pause>`
    INSERT INTO call_pauses AS p (app_id, advertiser_id, paused_until, strikes, incident)
    VALUES (${call.appId}, ${call.advertiserId}, ${endOf(lengths[0] ?? 0)}, 1, 1)
    ON CONFLICT (app_id, advertiser_id) DO UPDATE SET
      paused_until = clock_timestamp() +
        (${sql.val([...lengths])}::float8[])[least(p.strikes, ${last}::int) + 1] * interval '1 millisecond',
      strikes = p.strikes + 1,
      incident = p.incident + 1
    WHERE p.incident = ${incident}
    RETURNING paused_until AS until, ${remaining(sql`paused_until`)} AS "waitMs"
  `.execute(db);
  return rows[0] ?? null;
}

/** TikTok takes calls for the advertiser again. */
export async function clearAdvertiserStrikes(db: Database, call: CallKey, incident: number): Promise<void> {
  await db
    .updateTable('call_pauses')
    .set((eb) => ({ strikes: 0, incident: eb('incident', '+', 1) }))
    .where('app_id', '=', call.appId)
    .where('advertiser_id', '=', call.advertiserId)
    .where('incident', '=', incident)
    .execute();
}

function endOf(length: PauseLength): RawBuilder<unknown> {
  return length === 'until_midnight_utc'
    ? nextMidnight(sql`clock_timestamp()`)
    : sql`clock_timestamp() + ${milliseconds(length)}`;
}

function remaining(until: RawBuilder<unknown>): RawBuilder<number> {
  return sql`(extract(epoch FROM ${until} - clock_timestamp()) * 1000)::float8`;
}

function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('a statement that always returns a row returned none');
  return row;
}
