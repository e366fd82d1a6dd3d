import { sql } from 'kysely';
import type { Database } from './open-database.js';

/** Whether it is a run's turn to change an audience, and otherwise whose. */
export type Turn =
  | { readonly kind: 'taken'; readonly waitedMs: number }
  | { readonly kind: 'busy'; readonly activationId: string | null };

/**
 * Gives the audience to a run when it is its turn: runs change an audience one at a time, in the order in which they
 * were accepted, whichever connection and whichever process they came through. A run keeps its turn until it has ended,
 * however it ends, since a turn whose run is over counts for nothing. Safe to repeat.
 */
export async function takeTurn(
  db: Database,
  wanted: { activationId: string; advertiserId: string; audienceId: string },
): Promise<Turn> {
  const { activationId, advertiserId, audienceId } = wanted;
  // Whoever has the turn keeps it, also when a run that was accepted earlier is opened again.
  if ((await holder(db, wanted)) !== activationId) {
    const first = await firstInLine(db, wanted);
    if (first !== activationId) return { kind: 'busy', activationId: first };
  }
  const taken = await db
    .insertInto('audience_turns')
    .values({ advertiser_id: advertiserId, audience_id: audienceId, activation_id: activationId })
    .onConflict((conflict) =>
      conflict
        .columns(['advertiser_id', 'audience_id'])
        .doUpdateSet({
          activation_id: activationId,
          taken_at: sql<Date>`case when audience_turns.activation_id = excluded.activation_id
          then audience_turns.taken_at else now() end`,
        })
        .where(({ or, eb, exists, selectFrom }) =>
          or([
            eb('audience_turns.activation_id', '=', activationId),
            exists(
              selectFrom('activations')
                .select('activations.id')
                .whereRef('activations.id', '=', 'audience_turns.activation_id')
                .where('activations.finished_at', 'is not', null),
            ),
          ]),
        ),
    )
    .returning(sql<number>`(extract(epoch from now() - taken_at) * 1000)::int8`.as('waitedMs'))
    .executeTakeFirst();
  if (taken !== undefined) return { kind: 'taken', waitedMs: taken.waitedMs };
  return { kind: 'busy', activationId: await holder(db, wanted) };
}

/** The open run on this audience that was accepted first. */
async function firstInLine(
  db: Database,
  { advertiserId, audienceId }: { advertiserId: string; audienceId: string },
): Promise<string | null> {
  const row = await db
    .selectFrom('activations')
    .select('id')
    .where('advertiser_id', '=', advertiserId)
    .where('finished_at', 'is', null)
    .where(sql<boolean>`coalesce(audience_id, request->'audience'->>'audienceId') = ${audienceId}`)
    .where(sql<boolean>`request->>'dryRun' is distinct from 'true'`)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

async function holder(
  db: Database,
  { advertiserId, audienceId }: { advertiserId: string; audienceId: string },
): Promise<string | null> {
  const row = await db
    .selectFrom('audience_turns')
    .select('activation_id')
    .where('advertiser_id', '=', advertiserId)
    .where('audience_id', '=', audienceId)
    .executeTakeFirst();
  return row?.activation_id ?? null;
}
