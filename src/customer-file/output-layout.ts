import type { Identifier } from './identifiers/identifier.js';

/**
 * TikTok's name for the kind of values in a file. All files of one audience, and every later update of it, share one.
 * Values in capitals are TikTok's (Business API v1.3, `dmp/custom_audience/file/upload/` and `…/create/`).
 */
export const CALCULATE_TYPES = [
  'EMAIL_SHA256',
  'PHONE_SHA256',
  'IDFA_SHA256',
  'IDFA_MD5',
  'GAID_SHA256',
  'GAID_MD5',
  'FIRST_SHA256',
  'FIRST_MD5',
  'MULTIPLE_TYPES',
] as const;

export type CalculateType = (typeof CALCULATE_TYPES)[number];

export type DigestAlgorithm = 'sha256' | 'md5';

/** Header names that TikTok accepts in a MULTIPLE_TYPES file and that this product writes: never a plain value. */
export type OutputHeader = 'email_SHA256' | 'phone_SHA256' | 'MAID_SHA256' | 'MAID_MD5';

export interface OutputField {
  /** Position in `Plan.columns`. */
  readonly column: number;
  readonly identifier: Identifier;
  readonly digest: DigestAlgorithm;
  readonly header: OutputHeader;
}

/** The shape of every line of every part. */
export interface OutputLayout {
  readonly calculateType: CalculateType;
  readonly fields: readonly OutputField[];
}
