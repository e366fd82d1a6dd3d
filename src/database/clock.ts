import { type RawBuilder, sql } from 'kysely';
import type { Database } from './open-database.js';

/** The time by PostgreSQL's clock. Processes compare each other's times, and the clock of one machine may be wrong by hours. */
export const DATABASE_TIME = sql<Date>`now()`;

/** So long after the time by PostgreSQL's clock. */
export function databaseTimeIn(milliseconds: number) {
  return sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
}

/** Whether so long has passed since a time by PostgreSQL's clock. A time in the future was told by a clock that was wrong. */
export function isOld(time: RawBuilder<unknown>, milliseconds: number) {
  return sql<boolean>`(${time} <= now() - ${milliseconds} * interval '1 millisecond' OR ${time} > now())`;
}

/** Reads PostgreSQL's clock. */
export async function readDatabaseTime(db: Database): Promise<Date> {
  const { time } = await db.selectNoFrom(DATABASE_TIME.as('time')).executeTakeFirstOrThrow();
  return time;
}
