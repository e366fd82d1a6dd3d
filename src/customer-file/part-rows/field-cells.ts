import { hash as nodeHash } from 'node:crypto';
import { MAX_MESSAGE_BYTES } from '../digests/digest-batch.js';
import { readCell } from '../identifiers/read-cell.js';
import type { RejectionReason } from '../identifiers/rejection-reasons.js';
import type { LedgerAccount } from '../ledger-account.js';
import type { OutputField } from '../output-layout.js';
import type { IdentifierColumn, Plan } from '../plan.js';
import { cellText } from './cell-text.js';
import type { DigestOutput } from './digest-output.js';
import {
  CAME_HASHED,
  CARE,
  EMPTY,
  FIELD_COUNTS,
  FIELD_NUMBERS,
  HASHED,
  type PlainRows,
  spellNational,
} from './plain-rows.js';

/** Turns the cells of one field, in rows that are not plain, into digests: with care where they are not plain either. */
export class FieldCells {
  readonly column: IdentifierColumn;
  readonly #field: OutputField;
  readonly #position: number;
  readonly #plan: Plan;
  readonly #plainRows: PlainRows;
  readonly #output: DigestOutput;
  readonly #account: LedgerAccount;
  readonly #onRejected: (column: number, reason: RejectionReason) => void;
  // Counted here and told to the account at the end.
  #empty = 0;
  #hashed = 0;
  #cameHashed = 0;

  /** `position`: of the field, in the layout and as it was described to the kernel. */
  constructor(
    position: number,
    field: OutputField,
    column: IdentifierColumn,
    plan: Plan,
    plainRows: PlainRows,
    output: DigestOutput,
    account: LedgerAccount,
    onRejected: (column: number, reason: RejectionReason) => void,
  ) {
    this.#position = position;
    this.#field = field;
    this.column = column;
    this.#plan = plan;
    this.#plainRows = plainRows;
    this.#output = output;
    this.#account = account;
    this.#onRejected = onRejected;
  }

  /** Adds the cell from `start` to `end` to the line. Whether it was empty. */
  add(start: number, end: number): boolean {
    const outcome = this.#plainRows.addCell(this.#position, start, end);
    switch (outcome) {
      case EMPTY:
        this.#empty++;
        return true;
      case HASHED:
        this.#hashed++;
        this.#output.hashFullBatch();
        return false;
      case CAME_HASHED:
        this.#cameHashed++;
        return false;
    }
    if (outcome < CARE && this.#addNational(-outcome)) return false;
    return this.#addWithCare(start, end);
  }

  /** Tells the account what was counted, here and by the kernel. */
  close(): void {
    const { identifier } = this.#field;
    const counts = this.#position * FIELD_NUMBERS + FIELD_COUNTS;
    const [empty = 0, hashed = 0, cameHashed = 0] = this.#plainRows.fields.subarray(counts);
    this.#account.empty(identifier, this.#empty + empty);
    this.#account.sent(identifier, false, this.#hashed + hashed);
    this.#account.sent(identifier, true, this.#cameHashed + cameHashed);
  }

  #addNational(digits: number): boolean {
    const output = this.#output;
    const length = spellNational(output.bytes, output.slot, digits, this.column, this.#plan.normalization);
    if (length === 0) {
      output.clearSlot();
      return false;
    }
    output.hashSlot(length);
    this.#hashed++;
    return true;
  }

  #addWithCare(start: number, end: number): boolean {
    const { digest, identifier } = this.#field;
    const { dialect, normalization } = this.#plan;
    const text = cellText(this.#output.bytes.subarray(start, end), dialect);
    const outcome = readCell(text, this.column, digest, normalization);
    switch (outcome.kind) {
      case 'empty':
        this.#empty++;
        return true;
      case 'plain':
        this.#hash(outcome.canonical);
        this.#hashed++;
        return false;
      case 'hashed':
        this.#output.addDigest(outcome.digest);
        this.#cameHashed++;
        return false;
      case 'rejected':
        this.#account.rejected(identifier, outcome.reason);
        this.#onRejected(this.column.index, outcome.reason);
        return false;
    }
  }

  #hash(canonical: string): void {
    const { digest } = this.#field;
    const { bytes, slot } = this.#output;
    if (digest === 'sha256' && Buffer.byteLength(canonical) <= MAX_MESSAGE_BYTES) {
      this.#output.hashSlot(bytes.write(canonical, slot));
    } else {
      this.#output.addDigest(nodeHash(digest, canonical, 'hex'));
    }
  }
}
