import type { RejectionReason } from './rejection-reasons.js';

export interface RejectedOutcome {
  readonly kind: 'rejected';
  readonly reason: RejectionReason;
}

/** A plain value in the one spelling that is hashed. */
export interface PlainOutcome {
  readonly kind: 'plain';
  readonly canonical: string;
}

/** What one mapped cell of a row turned out to be. */
export type CellOutcome =
  | { readonly kind: 'empty' }
  | PlainOutcome
  /** It came hashed: lower-case hex, sent as it is. */
  | { readonly kind: 'hashed'; readonly digest: string }
  | RejectedOutcome;

export function plain(canonical: string): PlainOutcome {
  return { kind: 'plain', canonical };
}

export function rejected(reason: RejectionReason): RejectedOutcome {
  return { kind: 'rejected', reason };
}
