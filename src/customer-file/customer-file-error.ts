/** Everything that can be wrong with a customer file, or with what was asked of it. Stable: part of the API. */
export const CUSTOMER_FILE_ERROR_CODES = [
  'empty_file',
  'no_rows',
  'not_text',
  'unsupported_encoding',
  'damaged_encoding',
  'damaged_archive',
  'encrypted_archive',
  'archive_without_one_file',
  'unsupported_archive',
  'expands_too_far',
  'malformed_record',
  'record_too_large',
  'no_identifier_column',
  'column_not_found',
  'column_ambiguous',
  'column_invalid',
  'too_many_columns',
  'identifiers_do_not_fit_audience',
  'too_large',
  'part_does_not_match',
] as const;

export type CustomerFileErrorCode = (typeof CUSTOMER_FILE_ERROR_CODES)[number];

/** A `CustomerFileError` as plain data, for crossing threads and processes. */
export interface CustomerFileProblem {
  readonly code: CustomerFileErrorCode;
  readonly message: string;
  /** Line number in the upload, from 1. */
  readonly line?: number;
  /** Index of the column, from 0. */
  readonly column?: number;
}

/**
 * The file, or the request made of it, is wrong: trying again changes nothing. The message is one or two sentences for
 * the person who owns the file: what is wrong, where, what to do. It never holds a value of a row.
 */
export class CustomerFileError extends Error {
  override readonly name = 'CustomerFileError';
  readonly code: CustomerFileErrorCode;
  readonly line?: number;
  readonly column?: number;

  constructor(
    code: CustomerFileErrorCode,
    message: string,
    where: { readonly line?: number; readonly column?: number } = {},
  ) {
    super(message);
    this.code = code;
    if (where.line !== undefined) this.line = where.line;
    if (where.column !== undefined) this.column = where.column;
  }

  static fromProblem(problem: CustomerFileProblem): CustomerFileError {
    return new CustomerFileError(problem.code, problem.message, problem);
  }

  toProblem(): CustomerFileProblem {
    return {
      code: this.code,
      message: this.message,
      ...(this.line === undefined ? {} : { line: this.line }),
      ...(this.column === undefined ? {} : { column: this.column }),
    };
  }
}
