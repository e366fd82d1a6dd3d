import { CustomerFileError } from './customer-file-error.js';
import { addDistinct, newDistinctRegisters } from './distinct-estimate.js';
import type { EngineOptions } from './engine-progress.js';
import type { PreparedPart } from './ledger.js';
import { OutputFile } from './output-file.js';
import { headerLine } from './part-size.js';
import type { LocalBytes, PartRange, Plan } from './plan.js';
import { recordBatches } from './record-batches.js';
import { RowTransform } from './row-transform.js';

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
export async function preparePart(
  input: PreparePartInput,
  options: EngineOptions = {},
): Promise<PreparedPart> {
  const output = await OutputFile.create(input.outputPath);
  try {
    const rejected = await OutputFile.create(input.rejectedPath);
    try {
      return await writePart(input, output, rejected, options);
    } catch (error) {
      await rejected.discard();
      throw error;
    }
  } catch (error) {
    await output.discard();
    throw error;
  }
}

async function writePart(
  { source, plan, part }: PreparePartInput,
  output: OutputFile,
  rejected: OutputFile,
  { signal, onProgress }: EngineOptions,
): Promise<PreparedPart> {
  const distinct = newDistinctRegisters();
  const rows = new RowTransform(plan, ({ line, column, reason }) => {
    rejected.append(`${line},${column ?? ''},${reason}\n`);
  });
  output.append(headerLine(plan.layout));

  let rowsRead = 0;
  for await (const batch of recordBatches(source, part, plan.dialect, signal)) {
    for (const [position, cells] of batch.records.entries()) {
      const row = rows.transform(cells, batch.lines[position] ?? part.firstLine);
      if (row === null) continue;
      output.append(`${row.text}\n`);
      addDistinct(distinct, row.person);
    }
    await output.flush();
    await rejected.flush();
    rowsRead += batch.records.length;
    onProgress?.({ bytesRead: batch.end - part.start, rowsRead });
  }
  if (rowsRead !== part.rows) {
    throw new CustomerFileError(
      'part_does_not_match',
      `Part ${part.index + 1} has ${rowsRead} rows, but ${part.rows} were counted when the file was split: the stored file is not the one that was inspected. Upload it again.`,
    );
  }
  await rejected.finish();
  return { ...(await output.finish()), ledger: rows.ledger, distinct };
}
