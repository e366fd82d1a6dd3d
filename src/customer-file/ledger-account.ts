import { IDENTIFIERS, type Identifier } from './identifiers/identifier.js';
import type { RejectionReason } from './identifiers/rejection-reasons.js';
import type { IdentifierLedger, PartLedger } from './ledger.js';
import type { IdentifierColumn } from './plan.js';

interface Cells {
  cells: number;
  sent: number;
  empty: number;
  prehashed: number;
  readonly rejected: Partial<Record<RejectionReason, number>>;
}

/** A ledger while it is being written. */
export class LedgerAccount {
  rowsSent = 0;
  rowsRejected = 0;
  rowsExcluded = 0;
  rowsBlank = 0;
  rowsRead = 0;
  readonly #cells: ReadonlyMap<Identifier, Cells>;

  constructor(columns: readonly IdentifierColumn[]) {
    this.#cells = new Map(
      IDENTIFIERS.filter((identifier) => columns.some((column) => column.identifier === identifier)).map(
        (identifier) => [identifier, { cells: 0, sent: 0, empty: 0, prehashed: 0, rejected: {} }],
      ),
    );
  }

  empty(identifier: Identifier, count = 1): void {
    const cells = this.#of(identifier);
    cells.cells += count;
    cells.empty += count;
  }

  sent(identifier: Identifier, cameHashed: boolean, count = 1): void {
    const cells = this.#of(identifier);
    cells.cells += count;
    cells.sent += count;
    if (cameHashed) cells.prehashed += count;
  }

  rejected(identifier: Identifier, reason: RejectionReason): void {
    const cells = this.#of(identifier);
    cells.cells++;
    cells.rejected[reason] = (cells.rejected[reason] ?? 0) + 1;
  }

  toLedger(): PartLedger {
    const identifiers: Partial<Record<Identifier, IdentifierLedger>> = {};
    for (const [identifier, cells] of this.#cells) identifiers[identifier] = { ...cells };
    return {
      rowsRead: this.rowsRead,
      rowsSent: this.rowsSent,
      rowsRejected: this.rowsRejected,
      rowsExcluded: this.rowsExcluded,
      rowsBlank: this.rowsBlank,
      identifiers,
    };
  }

  #of(identifier: Identifier): Cells {
    const cells = this.#cells.get(identifier);
    if (cells === undefined) throw new Error(`No column is mapped to ${identifier}.`);
    return cells;
  }
}
