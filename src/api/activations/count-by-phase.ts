import { sql } from 'kysely';
import type { Database } from '../../database/open-database.js';

export async function countActivationsByPhase(db: Database): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('activations')
    .select(['phase', sql<number>`count(*)`.as('count')])
    .groupBy('phase')
    .execute();
  return new Map(rows.map(({ phase, count }) => [phase, count]));
}
