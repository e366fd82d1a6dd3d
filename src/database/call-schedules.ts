import { sql } from 'kysely';
import { databaseTimeIn } from './clock.js';
import type { Database } from './open-database.js';

/** A call that wants its turn. */
export interface CallKey {
  readonly appId: string;
  readonly endpoint: string;
  /** Empty for a call that is for no advertiser. */
  readonly advertiserId: string;
}

export interface TurnRates {
  /** Between one turn and the next, in milliseconds. */
  readonly spacingMs: number;
  readonly callsPerDay: number;
  /** Turns are given away for this long ahead, in milliseconds. */
  readonly horizonMs: number;
}

/** No pause is longer. What ends later was set by a clock that was ahead then, and counts for nothing. */
export const LONGEST_PAUSE_MS = 86_400_000;
export const LATEST_PAUSE = databaseTimeIn(LONGEST_PAUSE_MS);

export interface Turn {
  /** Whether the turn is the caller's. If not, it is worth asking again at `at`. */
  readonly granted: boolean;
  readonly at: Date;
  /** From now to `at` by PostgreSQL's clock, in milliseconds; may be slightly negative for a turn at once. */
  readonly waitMs: number;
  readonly strikes: number;
  readonly incident: number;
  readonly advertiserStrikes: number;
  readonly advertiserIncident: number;
}

/**
 * Asks for a turn to call an endpoint, in one statement. The row's lock orders all processes, and what is computed is
 * computed of the row as it is then.
 *
 * Turns come one after the other at `spacingMs`, after every pause, and after 00:00 UTC once the day's calls are used
 * up. No more than `horizonMs` of them are given away. Of these each advertiser may hold as many as fill the horizon
 * divided by one more than the advertisers in it: a newcomer always finds a place, and waits no longer than the horizon
 * however many calls another one has. Who gets none is told a time spread over the next horizon, so that not all of
 * them come back at once.
 */
export async function requestTurn(db: Database, call: CallKey, rates: TurnRates): Promise<Turn> {
  const turn = await updateSchedule(db, call, rates);
  if (turn !== undefined) return turn;
  await db
    .insertInto('call_schedules')
    .values({ app_id: call.appId, endpoint: call.endpoint })
    .onConflict((conflict) => conflict.columns(['app_id', 'endpoint']).doNothing())
    .execute();
  const first = await updateSchedule(db, call, rates);
  if (first === undefined) throw new Error(`the schedule of ${call.endpoint} vanished`);
  return first;
}

async function updateSchedule(db: Database, call: CallKey, rates: TurnRates): Promise<Turn | undefined> {
  const { appId, endpoint, advertiserId: owner } = call;
  const spacing = milliseconds(rates.spacingMs);
  const horizon = milliseconds(rates.horizonMs);
  // Nothing is given away further ahead: what is, was given by a clock that was wrong then.
  const latest = sql`now + 2 * ${horizon} + ${spacing}`;
  const places = Math.max(1, Math.floor(rates.horizonMs / rates.spacingMs));
  // A pause that counts for nothing now would count again on its last day.
  const { rows } = await sql<Turn>`
    WITH forgotten AS (
      UPDATE call_pauses SET paused_until = clock_timestamp()
      WHERE app_id = ${appId} AND paused_until > ${LATEST_PAUSE}
    )
    UPDATE call_schedules AS s
    SET (turns, turn_owners, next_at, day, day_calls, granted, turn_at) = (
      SELECT
        CASE WHEN granted THEN turns || turn ELSE turns END,
        CASE WHEN granted THEN owners || ${owner}::text ELSE owners END,
        CASE WHEN granted THEN turn + ${spacing} ELSE s.next_at END,
        CASE WHEN granted THEN day ELSE s.day END,
        CASE WHEN granted THEN day_calls + 1 ELSE s.day_calls END,
        granted,
        CASE WHEN granted THEN turn ELSE turn + random() * ${horizon} END
      FROM (
        SELECT *,
          turn <= now + ${horizon} AND own < greatest(1, ${places}::int / (others + 2)) AS granted,
          CASE WHEN s.day = day THEN s.day_calls ELSE 0 END AS day_calls
        FROM (
          SELECT *, ${utcDay(sql`turn`)} AS day
          FROM (
            SELECT *,
              CASE WHEN s.day = ${utcDay(sql`free`)} AND s.day_calls >= ${rates.callsPerDay}::int
                THEN ${nextMidnight(sql`free`)} ELSE free END AS turn
            FROM (
              SELECT now,
                greatest(now, CASE WHEN s.next_at <= ${latest} THEN s.next_at END, (
                  SELECT max(p.paused_until) FROM call_pauses AS p
                  WHERE p.app_id = s.app_id AND p.advertiser_id IN ('', ${owner})
                    AND p.paused_until <= ${LATEST_PAUSE}
                )) AS free,
                coalesce(array_agg(h.at ORDER BY h.at) FILTER (WHERE h.at IS NOT NULL), '{}') AS turns,
                coalesce(array_agg(h.owner ORDER BY h.at) FILTER (WHERE h.at IS NOT NULL), '{}') AS owners,
                count(*) FILTER (WHERE h.owner = ${owner}) AS own,
                count(DISTINCT h.owner) FILTER (WHERE h.owner <> ${owner}) AS others
              FROM (SELECT clock_timestamp() AS now) AS clock
              LEFT JOIN unnest(s.turns, s.turn_owners) AS h (at, owner) ON h.at > now AND h.at <= ${latest}
              GROUP BY now
            ) AS queue
          ) AS limited
        ) AS dated
      ) AS decided
    )
    WHERE s.app_id = ${appId} AND s.endpoint = ${endpoint}
    RETURNING
      s.granted,
      s.turn_at AS at,
      (extract(epoch FROM s.turn_at - clock_timestamp()) * 1000)::float8 AS "waitMs",
      s.strikes,
      s.incident,
      coalesce((SELECT p.strikes FROM call_pauses AS p
        WHERE p.app_id = s.app_id AND p.advertiser_id = ${owner}), 0) AS "advertiserStrikes",
      coalesce((SELECT p.incident FROM call_pauses AS p
        WHERE p.app_id = s.app_id AND p.advertiser_id = ${owner}), 0) AS "advertiserIncident"
  `.execute(db);
  return rows[0];
}

/**
 * Counts one more refusal in a row of an endpoint. Null when another call has reported since `incident` was read: both
 * met the same limit.
 */
export async function addStrike(db: Database, call: CallKey, incident: number): Promise<number | null> {
  const struck = await db
    .updateTable('call_schedules')
    .set((eb) => ({ strikes: eb('strikes', '+', 1), incident: eb('incident', '+', 1) }))
    .where('app_id', '=', call.appId)
    .where('endpoint', '=', call.endpoint)
    .where('incident', '=', incident)
    .returning('strikes')
    .executeTakeFirst();
  return struck?.strikes ?? null;
}

/** TikTok takes calls of the endpoint again. */
export async function clearStrikes(db: Database, call: CallKey, incident: number): Promise<void> {
  await db
    .updateTable('call_schedules')
    .set((eb) => ({ strikes: 0, incident: eb('incident', '+', 1) }))
    .where('app_id', '=', call.appId)
    .where('endpoint', '=', call.endpoint)
    .where('incident', '=', incident)
    .execute();
}

export function milliseconds(count: number) {
  return sql`(${count}::float8 * interval '1 millisecond')`;
}

/** The UTC day of an instant, whatever the time zone of the session. */
function utcDay(instant: ReturnType<typeof sql>) {
  return sql`(${instant} AT TIME ZONE 'UTC')::date`;
}

/** The first 00:00 UTC after an instant, when TikTok counts the calls of a day anew. */
export function nextMidnight(instant: ReturnType<typeof sql>) {
  return sql`((${utcDay(instant)} + 1)::timestamp AT TIME ZONE 'UTC')`;
}
