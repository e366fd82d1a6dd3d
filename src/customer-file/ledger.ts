import type { RejectionReason } from './identifiers/rejection-reasons.js';
import type { Identifier } from './plan.js';

/** What became of the cells of one identifier: `cells = sent + empty + the sum of rejected`. */
export interface IdentifierLedger {
  readonly cells: number;
  readonly sent: number;
  readonly empty: number;
  readonly rejected: Readonly<Partial<Record<RejectionReason, number>>>;
  /** How many of `sent` came hashed. */
  readonly prehashed: number;
}

/** What became of the rows of a part: `rowsRead = rowsSent + rowsRejected + rowsExcluded + rowsBlank`. */
export interface PartLedger {
  readonly rowsRead: number;
  readonly rowsSent: number;
  readonly rowsRejected: number;
  readonly rowsExcluded: number;
  readonly rowsBlank: number;
  readonly identifiers: Readonly<Partial<Record<Identifier, IdentifierLedger>>>;
}

/** A prepared part: the file at the output path that was asked for, and the account of how it came about. */
export interface PreparedPart {
  readonly bytes: number;
  /** Of exactly those bytes, lower-case hex: TikTok's `file_signature`. */
  readonly md5: string;
  readonly ledger: PartLedger;
  /** Registers of the HyperLogLog over the people sent; merged over parts by taking the maximum of each. */
  readonly distinct: Uint8Array;
}
