import { type RawBuilder, sql } from 'kysely';
import { DATABASE_TIME, databaseTimeIn } from './clock.js';
import type { Database } from './open-database.js';

export interface PhaseRecord {
  readonly phase: string;
  readonly attention: object | null;
  /** The step of the run in Temporal that records it; null when the order does not matter. */
  readonly step: { readonly runId: string; readonly number: number } | null;
}

/**
 * Whether the run's own wait outlasts the record: nothing records it again before it is over. A record that changes
 * nothing is the run's word that its wait for TikTok's limits is over, unless it is a step that is only tried again. The
 * next look at an audience is waited for under a pause alone: whatever else comes has looked.
 */
export function goesOnWaiting({ phase, attention, step }: PhaseRecord): RawBuilder<boolean> {
  const told = attention === null ? null : JSON.stringify(attention);
  return sql<boolean>`
    (phase_run, phase_step) = (${step?.runId ?? null}, ${step?.number ?? null})
    OR (waiting->>'until')::timestamptz > ${DATABASE_TIME} AND CASE waiting->>'kind'
      WHEN 'rate_limit' THEN
        (phase, attention) IS DISTINCT FROM (${phase}::text, ${told}::jsonb)
        AND (phase IN ('paused', 'waiting_for_reconnect') OR ${phase} IN ('paused', 'waiting_for_reconnect'))
      WHEN 'matching' THEN (phase, ${phase}) IN (('matching', 'paused'), ('paused', 'matching'))
      ELSE false
    END`;
}

/** Records what an open run waits for. */
export async function recordWaiting(
  db: Database,
  id: string,
  waiting: { kind: string; until: Date | null },
): Promise<void> {
  await db
    .updateTable('activations')
    .set({ waiting: JSON.stringify({ kind: waiting.kind, until: waiting.until?.toISOString() ?? null }) })
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .execute();
}

/**
 * Forgets what an open run waited for, if it was one of these kinds. A wait for TikTok's limits that is longer than
 * `ofTheRunMs` stays: it is the run's own, and the success of one lane does not end it.
 */
export async function endWaiting(
  db: Database,
  id: string,
  kinds: readonly string[],
  ofTheRunMs: number,
): Promise<void> {
  await db
    .updateTable('activations')
    .set({ waiting: null })
    .where('id', '=', id)
    .where(sql<string>`waiting->>'kind'`, 'in', kinds)
    .where(
      sql<boolean>`NOT (
        waiting->>'kind' = 'rate_limit' AND (waiting->>'until')::timestamptz > ${databaseTimeIn(ofTheRunMs)}
      )`,
    )
    .execute();
}
