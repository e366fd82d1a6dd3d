import { sql } from 'kysely';

/** Newest first: where the next page of a list begins. Opaque to clients. */
export interface PagePosition {
  readonly createdAt: Date;
  readonly id: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: PagePosition | null;
}

/** Cuts a list that was asked for with one row more than the page has. */
export function toPage<Row extends { id: string; created_at: Date }>(
  rows: readonly Row[],
  limit: number,
): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { rows: shown, next: last === undefined ? null : { createdAt: last.created_at, id: last.id } };
}

/** Condition for rows of the page that begins behind a position; all rows without one. */
export function behind(from: PagePosition | undefined) {
  return from === undefined
    ? sql<boolean>`true`
    : sql<boolean>`(created_at, id) < (${from.createdAt}, ${from.id})`;
}
