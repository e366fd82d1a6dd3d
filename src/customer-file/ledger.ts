import { IDENTIFIERS, type Identifier } from './identifiers/identifier.js';
import { REJECTION_REASONS, type RejectionReason } from './identifiers/rejection-reasons.js';

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

/** The ledger of a run: sums over its parts. */
export function sumLedgers(parts: Iterable<PartLedger>): PartLedger {
  let sum: PartLedger = {
    rowsRead: 0,
    rowsSent: 0,
    rowsRejected: 0,
    rowsExcluded: 0,
    rowsBlank: 0,
    identifiers: {},
  };
  for (const part of parts) {
    const identifiers: Partial<Record<Identifier, IdentifierLedger>> = { ...sum.identifiers };
    for (const identifier of IDENTIFIERS) {
      const added = part.identifiers[identifier];
      if (added !== undefined) identifiers[identifier] = addIdentifiers(identifiers[identifier], added);
    }
    sum = {
      rowsRead: sum.rowsRead + part.rowsRead,
      rowsSent: sum.rowsSent + part.rowsSent,
      rowsRejected: sum.rowsRejected + part.rowsRejected,
      rowsExcluded: sum.rowsExcluded + part.rowsExcluded,
      rowsBlank: sum.rowsBlank + part.rowsBlank,
      identifiers,
    };
  }
  return sum;
}

function addIdentifiers(sum: IdentifierLedger | undefined, added: IdentifierLedger): IdentifierLedger {
  if (sum === undefined) return added;
  const rejected: Partial<Record<RejectionReason, number>> = { ...sum.rejected };
  for (const reason of REJECTION_REASONS) {
    const count = (sum.rejected[reason] ?? 0) + (added.rejected[reason] ?? 0);
    if (count > 0) rejected[reason] = count;
  }
  return {
    cells: sum.cells + added.cells,
    sent: sum.sent + added.sent,
    empty: sum.empty + added.empty,
    rejected,
    prehashed: sum.prehashed + added.prehashed,
  };
}

/** The sum that does not close, in one sentence; null when every row and every cell has exactly one outcome. */
export function ledgerImbalance(ledger: PartLedger): string | null {
  const outcomes = ledger.rowsSent + ledger.rowsRejected + ledger.rowsExcluded + ledger.rowsBlank;
  if (ledger.rowsRead !== outcomes) {
    return `${ledger.rowsRead} rows were read, but ${outcomes} were sent, rejected, excluded or blank.`;
  }
  for (const identifier of IDENTIFIERS) {
    const counts = ledger.identifiers[identifier];
    if (counts === undefined) continue;
    const rejected = Object.values(counts.rejected).reduce((sum, count) => sum + count, 0);
    const cells = counts.sent + counts.empty + rejected;
    if (counts.cells !== cells) {
      return `${counts.cells} ${identifier} cells were read, but ${cells} were sent, empty or rejected.`;
    }
    if (counts.prehashed > counts.sent) {
      return `${counts.prehashed} ${identifier} cells came hashed, but only ${counts.sent} were sent.`;
    }
  }
  return null;
}

/**
 * Whether it is certain that a run will have more rows without a usable identifier than the limit allows: their share,
 * in percent, among the rows that are neither blank nor excluded. `ledger` is what is known so far; all rows still to
 * be read are taken to be good ones. With everything read it is the final answer.
 */
export function exceedsRejectedRowLimit(
  ledger: PartLedger,
  limitPercent: number,
  rowsTotal: number,
): boolean {
  const rowsToRead = Math.max(0, rowsTotal - ledger.rowsRead);
  const most = ledger.rowsSent + ledger.rowsRejected + rowsToRead;
  return ledger.rowsRejected * 100 > most * limitPercent;
}
