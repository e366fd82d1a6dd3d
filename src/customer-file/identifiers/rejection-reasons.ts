/** Why a cell, or a whole row (`no_identifier`), was not sent. Stable: part of the API and of stored ledgers. */
export const REJECTION_REASONS = [
  'no_identifier',
  'no_at_sign',
  'invalid_email',
  'several_values',
  'phone_without_country',
  'invalid_phone',
  'damaged_by_spreadsheet',
  'invalid_maid',
  'all_zero_maid',
  'unsupported_hash',
  'hash_of_nothing',
] as const;

export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** One rejected cell, or a rejected row without any filled cell. Never holds a value. */
export interface RejectedCell {
  /** Line number (from 1) in the upload at which the record begins. */
  readonly line: number;
  /** Index from 0 of the column; null when the row as a whole is meant. */
  readonly column: number | null;
  readonly reason: RejectionReason;
}
