import type { NormalizationProfile } from './identifiers/profiles.js';
import type { PartLedger } from './ledger.js';
import type { OutputLayout } from './output-layout.js';
import type { IdentifierColumn } from './plan.js';
import type { SampleRecord } from './read-sample.js';
import { RowTransform } from './row-transform.js';

export interface SampleAccount {
  /** What would become of the sample's rows. */
  readonly ledger: PartLedger;
  /** How many different people they hold. */
  readonly people: number;
}

export function accountSample(
  records: readonly SampleRecord[],
  layout: OutputLayout,
  columns: readonly IdentifierColumn[],
  normalization: NormalizationProfile,
): SampleAccount {
  const rows = new RowTransform({ columns, normalization, layout, include: [] }, () => {});
  const people = new Set<string>();
  for (const { cells } of records) {
    const row = rows.transform(cells, 0);
    if (row !== null) people.add(row.person);
  }
  return { ledger: rows.ledger, people: people.size };
}

/** Of rows that hold any text, those with another number of cells than the header, or than most where there is none. */
export function countUneven(header: readonly string[] | null, rows: readonly (readonly string[])[]): number {
  const lengths = new Map<number, number>();
  for (const { length } of rows) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  const even = header === null ? Math.max(...lengths.values()) : (lengths.get(header.length) ?? 0);
  return rows.length - even;
}
