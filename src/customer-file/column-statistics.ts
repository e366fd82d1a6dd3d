import { classifyValue, type ValueKind } from './classify-value.js';
import type { ColumnCounts, ColumnForm } from './inspection.js';

/** How many cells of a column look like what. */
export type KindCounts = Readonly<Record<ValueKind, number>>;

export interface ColumnStatistics {
  readonly kinds: KindCounts;
  /** Cells that are not empty. */
  readonly filled: number;
}

/** The cells of each of `count` columns. A column lacks the cells that its short rows lack. */
export function cellsByColumn(rows: readonly (readonly string[])[], count: number): string[][] {
  const columns = Array.from({ length: count }, (): string[] => []);
  for (const row of rows) {
    for (const [index, cell] of row.entries()) columns[index]?.push(cell);
  }
  return columns;
}

/** `cells`: of the sample's rows that are not blank, `rows` in number. A cell that a short row lacks is empty. */
export function columnStatistics(cells: readonly string[], rows: number): ColumnStatistics {
  const kinds: Record<ValueKind, number> = {
    empty: rows - cells.length,
    email: 0,
    international_phone: 0,
    bare_phone: 0,
    national_phone: 0,
    damaged_phone: 0,
    maid: 0,
    sha256: 0,
    md5: 0,
    other_hash: 0,
    text: 0,
  };
  for (const cell of cells) kinds[classifyValue(cell)]++;
  return { kinds, filled: rows - kinds.empty };
}

export function columnCounts({ kinds, filled }: ColumnStatistics): ColumnCounts {
  return {
    plain: filled - kinds.sha256 - kinds.md5 - kinds.other_hash,
    sha256: kinds.sha256,
    md5: kinds.md5,
    otherHash: kinds.other_hash,
    empty: kinds.empty,
  };
}

export function columnForm({ plain, sha256, md5 }: ColumnCounts): ColumnForm {
  if (md5 > plain + sha256) return 'md5';
  if (sha256 > 0) return plain > 0 ? 'mixed' : 'sha256';
  return plain > 0 ? 'plain' : 'empty';
}
