import { hash } from 'node:crypto';
import { readCell } from './identifiers/read-cell.js';
import type { RejectedCell } from './identifiers/rejection-reasons.js';
import type { PartLedger } from './ledger.js';
import { LedgerAccount } from './ledger-account.js';
import type { Plan } from './plan.js';

export interface SentRow {
  /** The cells of the output, without the line end. */
  readonly text: string;
  /** The first digest of the row, which stands for the person. */
  readonly person: string;
}

export type RowRules = Pick<Plan, 'columns' | 'normalization' | 'layout' | 'include'>;

/** Turns rows into lines of a part, and keeps account of what became of every row and cell. */
export class RowTransform {
  readonly #rules: RowRules;
  readonly #account: LedgerAccount;
  readonly #onRejected: (cell: RejectedCell) => void;

  constructor(rules: RowRules, onRejected: (cell: RejectedCell) => void) {
    this.#rules = rules;
    this.#account = new LedgerAccount(rules.columns);
    this.#onRejected = onRejected;
  }

  get ledger(): PartLedger {
    return this.#account.toLedger();
  }

  /** The row as it is sent; null when it is blank, excluded or rejected. `line`: where it begins in the upload. */
  transform(cells: readonly string[], line: number): SentRow | null {
    const account = this.#account;
    account.rowsRead++;
    if (isBlank(cells)) {
      account.rowsBlank++;
      return null;
    }
    if (!this.#isIncluded(cells)) {
      account.rowsExcluded++;
      return null;
    }
    const row = this.#digests(cells, line);
    if (row === null) account.rowsRejected++;
    else account.rowsSent++;
    return row;
  }

  #isIncluded(cells: readonly string[]): boolean {
    return this.#rules.include.every(({ column, values }) =>
      values.includes((cells[column] ?? '').trim().toLowerCase()),
    );
  }

  #digests(cells: readonly string[], line: number): SentRow | null {
    const { columns, layout, normalization } = this.#rules;
    const digests: string[] = [];
    let empty = 0;
    for (const field of layout.fields) {
      const column = columns[field.column];
      if (column === undefined) throw new Error(`The layout names a column that the plan does not have.`);
      const outcome = readCell(cells[column.index] ?? '', column, field.digest, normalization);
      let digest = '';
      switch (outcome.kind) {
        case 'empty':
          empty++;
          this.#account.empty(field.identifier);
          break;
        case 'plain':
          digest = hash(field.digest, outcome.canonical, 'hex');
          this.#account.sent(field.identifier, false);
          break;
        case 'hashed':
          digest = outcome.digest;
          this.#account.sent(field.identifier, true);
          break;
        case 'rejected':
          this.#account.rejected(field.identifier, outcome.reason);
          this.#onRejected({ line, column: column.index, reason: outcome.reason });
          break;
      }
      digests.push(digest);
    }
    if (empty === digests.length) this.#onRejected({ line, column: null, reason: 'no_identifier' });
    const person = digests.find((digest) => digest !== '');
    return person === undefined ? null : { text: digests.join(','), person };
  }
}

/** An empty or whitespace record. One with delimiters is a row whose cells are empty. */
function isBlank(cells: readonly string[]): boolean {
  return cells.length <= 1 && (cells[0] ?? '').trim() === '';
}
