import { CustomerFileError } from './customer-file-error.js';
import type { EngineOptions } from './engine-progress.js';
import type { RejectedCell } from './identifiers/rejection-reasons.js';
import type { PreparedPart } from './ledger.js';
import { OutputFile } from './output-file.js';
import { writeRows } from './part-rows/write-rows.js';
import type { LocalBytes, PartRange, Plan } from './plan.js';
import type { RowsToWrite, WrittenRows } from './write-rows-with-care.js';

export interface PreparePartInput {
  /** At least the bytes of the part's range. */
  readonly source: LocalBytes;
  readonly plan: Plan;
  readonly part: PartRange;
  /** Where the part is written: one line a row, LF, in TikTok's format for the plan's layout. */
  readonly outputPath: string;
  /** Where the rejected cells are written: CSV without header, `line,column,reason`, `column` empty for a whole row. */
  readonly rejectedPath: string;
}

/**
 * Normalises and hashes the rows of one part. The same upload, plan and range give the same bytes every time, so a
 * part may be made again by anybody. Memory does not depend on the size of the part. On failure neither file is left.
 *
 * Throws `CustomerFileError` (`malformed_record`, `record_too_large`, `part_does_not_match`), and the signal's reason.
 */
export function preparePart(input: PreparePartInput, options: EngineOptions = {}): Promise<PreparedPart> {
  return makePart(input, options, writeRows);
}

/** The same by a chosen way of writing the rows. */
export async function makePart(
  input: PreparePartInput,
  options: EngineOptions,
  write: WriteRows,
): Promise<PreparedPart> {
  options.signal?.throwIfAborted();
  const output = new OutputFile(input.outputPath);
  try {
    const rejected = new OutputFile(input.rejectedPath);
    try {
      return await writePart(input, options, write, output, rejected);
    } catch (error) {
      rejected.discard();
      throw error;
    }
  } catch (error) {
    output.discard();
    throw error;
  }
}

type WriteRows = (rows: RowsToWrite, options: EngineOptions) => Promise<WrittenRows>;

async function writePart(
  { source, plan, part }: PreparePartInput,
  options: EngineOptions,
  write: WriteRows,
  output: OutputFile,
  rejected: OutputFile,
): Promise<PreparedPart> {
  const onRejected = ({ line, column, reason }: RejectedCell): void =>
    rejected.append(`${line},${column ?? ''},${reason}\n`);
  const { md5, ledger, distinct } = await write({ source, plan, part, output, onRejected }, options);
  if (ledger.rowsRead !== part.rows) {
    throw new CustomerFileError(
      'part_does_not_match',
      `Part ${part.index + 1} has ${ledger.rowsRead} rows, but ${part.rows} were counted when the file was split: the stored file is not the one that was inspected. Upload it again.`,
    );
  }
  rejected.finish();
  return { bytes: output.finish(), md5, ledger, distinct };
}
