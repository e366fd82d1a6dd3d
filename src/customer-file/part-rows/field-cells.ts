import { hash as nodeHash } from 'node:crypto';
import { MAX_MESSAGE_BYTES } from '../digests/digest-batch.js';
import { readCell } from '../identifiers/read-cell.js';
import type { RejectionReason } from '../identifiers/rejection-reasons.js';
import type { LedgerAccount } from '../ledger-account.js';
import type { OutputField } from '../output-layout.js';
import type { IdentifierColumn, Plan } from '../plan.js';
import { HEX_DIGIT, IS_SPACE, QUOTE } from './byte-classes.js';
import { type ByteRule, byteRule } from './byte-rules.js';
import { cellText } from './cell-text.js';
import type { DigestOutput } from './digest-output.js';
import type { PlainValues } from './plain-values.js';

/** Beginnings of the hashes of nothing, and of the all-zero id: hashes that begin like that are looked at with care. */
const DOUBTFUL_BEGINNINGS = ['e3b0', 'd41d', '0000'].map((digits) => Buffer.from(digits));

/** Turns the cells of one field of the output into digests: by bytes where they are plain, with care otherwise. */
export class FieldCells {
  readonly field: OutputField;
  readonly column: IdentifierColumn;
  readonly #plan: Plan;
  readonly #output: DigestOutput;
  readonly #account: LedgerAccount;
  readonly #onRejected: (column: number, reason: RejectionReason) => void;
  /** Null where the output takes MD5: plain values are rare in such a file. */
  readonly #rule: ByteRule | null;
  readonly #digits: number;
  // Counted here and told to the account at the end.
  #empty = 0;
  #hashed = 0;
  #cameHashed = 0;

  constructor(
    field: OutputField,
    column: IdentifierColumn,
    plan: Plan,
    plainValues: PlainValues,
    output: DigestOutput,
    account: LedgerAccount,
    onRejected: (column: number, reason: RejectionReason) => void,
  ) {
    this.field = field;
    this.column = column;
    this.#plan = plan;
    this.#output = output;
    this.#account = account;
    this.#onRejected = onRejected;
    this.#rule = field.digest === 'sha256' ? byteRule(column, plan.normalization, plainValues) : null;
    this.#digits = field.digest === 'sha256' ? 64 : 32;
  }

  /** Adds the cell from `start` to `end` to the line. Whether it was empty. */
  add(start: number, end: number): boolean {
    const output = this.#output;
    const { bytes } = output;
    let from = start;
    let to = end;
    if (bytes[from] === QUOTE && to - from > 1 && bytes[to - 1] === QUOTE) {
      from++;
      to--;
    }
    while (from < to && IS_SPACE[bytes[from] ?? 0] === 1) from++;
    while (to > from && IS_SPACE[bytes[to - 1] ?? 0] === 1) to--;
    if (from === to) {
      this.#empty++;
      return true;
    }
    if (to - from === this.#digits && copyHash(bytes, from, to, output.cell)) {
      output.keepDigest(this.#digits);
      this.#cameHashed++;
      return false;
    }
    if (this.#rule !== null) {
      const length = this.#rule(bytes, from, to, output.slot);
      if (length > 0) {
        output.hashSlot(length);
        this.#hashed++;
        return false;
      }
      output.clearSlot();
    }
    return this.#addWithCare(start, end);
  }

  /** Tells the account what was counted. */
  close(): void {
    const { identifier } = this.field;
    this.#account.empty(identifier, this.#empty);
    this.#account.sent(identifier, false, this.#hashed);
    this.#account.sent(identifier, true, this.#cameHashed);
  }

  #addWithCare(start: number, end: number): boolean {
    const { digest, identifier } = this.field;
    const { bytes, cell } = this.#output;
    const { dialect, normalization } = this.#plan;
    const text = cellText(bytes.subarray(start, end), dialect);
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
        bytes.write(outcome.digest, cell, 'latin1');
        this.#output.keepDigest(this.#digits);
        this.#cameHashed++;
        return false;
      case 'rejected':
        this.#account.rejected(identifier, outcome.reason);
        this.#onRejected(this.column.index, outcome.reason);
        return false;
    }
  }

  #hash(canonical: string): void {
    const { digest } = this.field;
    const { bytes, cell, slot } = this.#output;
    if (digest === 'sha256' && Buffer.byteLength(canonical) <= MAX_MESSAGE_BYTES) {
      this.#output.hashSlot(bytes.write(canonical, slot));
    } else {
      bytes.write(nodeHash(digest, canonical, 'hex'), cell, 'latin1');
      this.#output.keepDigest(this.#digits);
    }
  }
}

/** Copies a hash in lower case. False when it is none, or one to be looked at with care; what was written is void then. */
function copyHash(bytes: Buffer, start: number, end: number, target: number): boolean {
  let to = target;
  for (let at = start; at < end; at++) {
    const digit = HEX_DIGIT[bytes[at] ?? 0] ?? 0;
    if (digit === 0) return false;
    bytes[to++] = digit;
  }
  return !DOUBTFUL_BEGINNINGS.some((beginning) => beginning.compare(bytes, target, target + 4) === 0);
}
