import { sql } from 'kysely';
import { z } from 'zod';
import { DATABASE_TIME, isOld } from '../database/clock.js';
import type { ConnectionAttention, ConnectionRow } from '../database/connections.js';
import type { Database } from '../database/open-database.js';
import type { TikTokError } from '../tiktok/errors.js';

/** A note of every failed call would be a write per call while TikTok is down. */
const FAILURE_INTERVAL_MS = 60_000;

/** The newest call that failed for a reason that lies with the connection or with TikTok. */
export interface RecordedFailure {
  readonly at: string;
  readonly kind: TikTokError['class'];
  readonly code: number | null;
  readonly requestId: string | null;
  readonly detail: string;
}

/** Notes a failure, at most once a minute for each kind. A note from the future is one of a clock that was wrong. */
export async function recordFailure(
  db: Database,
  connection: ConnectionRow,
  error: TikTokError,
): Promise<void> {
  const failure: Omit<RecordedFailure, 'at'> = {
    kind: error.class,
    code: error.details.code,
    requestId: error.details.requestId,
    detail: error.message,
  };
  const at = sql`to_char(${DATABASE_TIME} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  await db
    .updateTable('connections')
    .set({ last_failure: sql`${JSON.stringify(failure)}::jsonb || jsonb_build_object('at', ${at})` })
    .where('id', '=', connection.id)
    .where('version', '=', connection.version)
    .where(
      sql<boolean>`coalesce(last_failure ->> 'kind' <> ${error.class}
        OR ${isOld(sql`(last_failure ->> 'at')::timestamptz`, FAILURE_INTERVAL_MS)}, true)`,
    )
    .execute();
}

const stored: z.ZodType<RecordedFailure> = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['reauthorize', 'permission', 'rate_limit', 'transient', 'not_editable', 'file', 'invalid']),
  code: z.int().nullable(),
  requestId: z.string().nullable(),
  detail: z.string(),
});

/** The failure that is stored with a connection; null when there is none. */
export function recordedFailure(connection: ConnectionRow): RecordedFailure | null {
  const parsed = stored.safeParse(connection.last_failure);
  return parsed.success ? parsed.data : null;
}

/** Records that TikTok accepts an authorization again that had been given up; only if it is still the same one. */
export async function markUsableAgain(db: Database, id: string, version: number): Promise<void> {
  await db
    .updateTable('connections')
    .set({ status: 'configured', attention: null, verified_at: DATABASE_TIME })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('status', '=', 'needs_reauthorization')
    .execute();
}

/** Records why a sign-in was not enough. An authorization that works is left alone, and so is its connection. */
export async function recordInsufficientSignIn(
  db: Database,
  id: string,
  attention: ConnectionAttention,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ attention: JSON.stringify(attention) })
    .where('id', '=', id)
    .where('status', '!=', 'configured')
    .execute();
}
