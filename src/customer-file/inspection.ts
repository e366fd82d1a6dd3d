import type { FileWarning } from './few-people.js';
import type { Identifier } from './identifiers/identifier.js';
import type { RejectionReason } from './identifiers/rejection-reasons.js';
import type { PartLedger } from './ledger.js';
import type { Dialect, IdentifierColumn } from './plan.js';

/**
 * `certain`: header and values agree, or the values speak for themselves. `likely`: one of them says so and nothing
 * speaks against it. `doubtful`: a person must say; such a column is never taken by itself.
 */
export type Certainty = 'certain' | 'likely' | 'doubtful';

/** What most values of a column are: plain, hashed, or both plain and hashed with SHA-256; `empty` has none. */
export type ColumnForm = 'plain' | 'sha256' | 'md5' | 'mixed' | 'empty';

export interface ColumnProposal {
  readonly identifier: Identifier;
  readonly certainty: Certainty;
  /** One sentence for the person who maps columns. */
  readonly reason: string;
}

/** Cells of a column in the sample, by what they look like. The sum is the number of rows that hold any text. */
export interface ColumnCounts {
  readonly plain: number;
  readonly sha256: number;
  readonly md5: number;
  /** SHA-1, SHA-512. */
  readonly otherHash: number;
  readonly empty: number;
}

/** One value on its way, masked; `sha256` is what is sent. */
export interface ValueSample {
  readonly before: string;
  readonly after: string;
  /** In full for a plain value. A hash that is in the file is a value of the file, so it is masked too. */
  readonly sha256: string;
}

/** A column that seems to say who agreed to be contacted. */
export interface ConsentColumn {
  /** Its answers in the sample, trimmed and in lower case, the most frequent first. From a closed list of words. */
  readonly values: readonly { readonly value: string; readonly rows: number }[];
}

/** What a file will come to, if it goes on as its first rows. */
export interface Prediction {
  readonly rows: number;
  /** Null when these are more rows than TikTok takes for one audience. */
  readonly parts: number | null;
}

export interface InspectedColumn {
  /** From 0. */
  readonly index: number;
  /** The header where it is safe to show, else `column 3`, counted from 1. */
  readonly name: string;
  /** Null without a header line, and where the header's text looks like somebody's data: such a column is named by index. */
  readonly header: string | null;
  readonly proposal: ColumnProposal | null;
  readonly form: ColumnForm;
  readonly counts: ColumnCounts;
  /** Null for a column that does not look like a consent, by name and values. */
  readonly consent: ConsentColumn | null;
  /** At most three; none for a column that is not proposed or asked for. */
  readonly samples: readonly ValueSample[];
  /** Why cells of the sample would not be sent; empty for a column that is not proposed or asked for. */
  readonly problems: Readonly<Partial<Record<RejectionReason, number>>>;
}

/** What the first rows of a file tell. Holds no value of the file in full. */
export interface Inspection {
  readonly dialect: Dialect;
  readonly columns: readonly InspectedColumn[];
  /** The columns that `ledger` was made with: those asked for, else the certain and likely ones. Can be empty. */
  readonly chosen: readonly IdentifierColumn[];
  /** The first rows that hold any text, every cell masked. */
  readonly firstRows: readonly (readonly string[])[];
  readonly sample: {
    readonly rows: number;
    /** Those with more or fewer cells than the header, or than most rows where there is none. */
    readonly unevenRows: number;
    /** The sample is the whole file. */
    readonly complete: boolean;
    /** What would become of the sample's rows; null while no column is chosen. */
    readonly ledger: PartLedger | null;
  };
  /** Null while no column is chosen: the size of a part depends on the columns. */
  readonly predicted: Prediction | null;
  /** About the whole file, if it goes on as its first rows. Filters of an activation are not known here. */
  readonly warnings: readonly FileWarning[];
}

/** The forms of the columns to be sent, in their order, as `chooseLayout` wants them. */
export function columnForms(
  inspection: Pick<Inspection, 'columns'>,
  columns: readonly IdentifierColumn[],
): ColumnForm[] {
  return columns.map((column) => inspection.columns[column.index]?.form ?? 'empty');
}
