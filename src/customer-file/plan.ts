import type { Identifier } from './identifiers/identifier.js';
import type { NormalizationProfile } from './identifiers/profiles.js';
import type { OutputLayout } from './output-layout.js';

/**
 * The version of the rules that turn bytes of an upload into bytes of a part. It belongs to the plan, so that two
 * workers of different releases never mix their parts in one audience. Raise it when any output byte can change.
 */
export const ENGINE_VERSION = 5;

/** Encodings whose bytes the engine reads as they are; a leading UTF-8 byte order mark is skipped. */
export type Encoding = 'utf-8' | 'windows-1252';

export type Delimiter = ',' | ';' | '\t' | '|';

/** How the records of an upload are written down. */
export interface Dialect {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Whether the first record names the columns; it is then no row. */
  readonly header: boolean;
  /** Byte offset of the first row: behind the byte order mark and the header. */
  readonly firstRowOffset: number;
  /** Line number (from 1) of the first row. */
  readonly firstRowLine: number;
}

/** A column of the upload that is sent to TikTok. Columns are known by index: header text can be personal data. */
export interface IdentifierColumn {
  /** From 0. */
  readonly index: number;
  readonly identifier: Identifier;
  /** ISO 3166 alpha-2, for phone numbers written without a country code. */
  readonly defaultCountry?: string;
}

/** Only rows whose cell has one of the values are sent; the others count as excluded. */
export interface IncludeFilter {
  readonly column: number;
  /** Trimmed, in lower case. */
  readonly values: readonly string[];
}

/**
 * Everything beside the bytes of the upload that decides the bytes of a part. Fixed and stored before the split, so
 * that any worker makes the same part from the same range at any time.
 */
export interface Plan {
  readonly engine: number;
  readonly dialect: Dialect;
  readonly columns: readonly IdentifierColumn[];
  readonly normalization: NormalizationProfile;
  readonly layout: OutputLayout;
  readonly include: readonly IncludeFilter[];
  /** The largest a part may be, in bytes, before the rules of `split-upload.ts` let it grow. */
  readonly partBytes: number;
}

/** A slice of the upload that becomes one part: whole records, contiguous, in order. */
export interface PartRange {
  /** From 0. */
  readonly index: number;
  /** First byte and the byte behind the last, in the upload. */
  readonly start: number;
  readonly end: number;
  /** Line number (from 1) at `start`. */
  readonly firstLine: number;
  /** Row number (from 1) of the first row. */
  readonly firstRow: number;
  /** Records in the range, blank ones included. */
  readonly rows: number;
}

/** What `splitUpload` finds. */
export interface Split {
  /** All records behind the header, blank ones included. */
  readonly rows: number;
  readonly parts: readonly PartRange[];
}

/** A file on the local disk, or a slice of one, that holds the bytes of an upload from `firstByte` on. */
export interface LocalBytes {
  readonly path: string;
  /** Where in the file the upload's byte `firstByte` stands. */
  readonly position: number;
  /** The upload's offset of the first byte that is here. */
  readonly firstByte: number;
  /** How many bytes are here. */
  readonly length: number;
}
