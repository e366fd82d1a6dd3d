import { CustomerFileError } from './customer-file-error.js';
import type { RecordScanner } from './record-scanner.js';

/** A row of a customer file is a few hundred bytes. The bound keeps memory flat when a quotation mark is left open. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Throws `record_too_large` or `malformed_record` once the record that is open can no longer be one. */
export function refuseEndlessRecord(scanner: RecordScanner): void {
  if (scanner.openBytes <= MAX_RECORD_BYTES) return;
  refuseOpenQuote(scanner);
  throw tooLong(scanner.line);
}

/** Throws `malformed_record` when a quotation mark is open where none may be. */
export function refuseOpenQuote(scanner: RecordScanner): void {
  const line = scanner.openQuoteLine;
  if (line === null) return;
  throw new CustomerFileError(
    'malformed_record',
    `The quotation mark that opens a cell on line ${line} is never closed, so the rows behind it cannot be told apart. Close it, or export the file again.`,
    { line },
  );
}

/** The error for the record that begins on the line. */
export function tooLong(line: number): CustomerFileError {
  return new CustomerFileError(
    'record_too_large',
    `The row that begins on line ${line} is longer than 1 MB. Check that the file is a CSV or text file with one customer a line.`,
    { line },
  );
}
