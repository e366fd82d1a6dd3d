import { CustomerFileError } from './customer-file-error.js';
import type { OnRecord, RecordScanner } from './record-scanner.js';

/** A row of a customer file is a few hundred bytes. The bound keeps memory flat when a quotation mark is left open. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** The widest exports of customers have several hundred columns. Each one is described by itself. */
export const MAX_RECORD_CELLS = 2000;

/**
 * Feeds bytes to the scanner. Throws `record_too_large` or `malformed_record` at the first byte that makes a record
 * longer than it may be: whatever pieces a file is read in, the same record is refused for the same reason.
 */
export function feedWithinLimit(scanner: RecordScanner, bytes: Uint8Array, onRecord: OnRecord): void {
  for (let at = 0; at < bytes.length; ) {
    const room = MAX_RECORD_BYTES - scanner.openBytes;
    if (room === 0) {
      refuseOpenQuote(scanner);
      throw tooLong(scanner.line);
    }
    scanner.feed(bytes.subarray(at, at + room), onRecord);
    at += room;
  }
}

/** Throws `malformed_record` when a quotation mark is open where none may be. */
export function refuseOpenQuote(scanner: RecordScanner): void {
  const line = scanner.openQuoteLine;
  if (line === null) return;
  const never = scanner.openBytes < MAX_RECORD_BYTES ? 'is never closed' : 'is not closed within 1 MB';
  throw new CustomerFileError(
    'malformed_record',
    `The quotation mark that opens a cell on line ${line} ${never}, so the rows behind it cannot be told apart. Close it, or export the file again.`,
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

/** The error for the record that begins on the line. */
export function tooManyCells(line: number): CustomerFileError {
  return new CustomerFileError(
    'record_too_large',
    `The row that begins on line ${line} has more than 2,000 cells. Check that the file is a CSV or text file with one customer a line, or export fewer columns.`,
    { line },
  );
}
