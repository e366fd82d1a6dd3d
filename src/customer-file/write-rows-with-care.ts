import { createHash } from 'node:crypto';
import { addDistinct, newDistinctRegisters } from './distinct-estimate.js';
import type { EngineOptions } from './engine-progress.js';
import type { RejectedCell } from './identifiers/rejection-reasons.js';
import type { PartLedger } from './ledger.js';
import type { OutputFile } from './output-file.js';
import { headerLine } from './part-size.js';
import type { LocalBytes, PartRange, Plan } from './plan.js';
import { recordBatches } from './record-batches.js';
import { RowTransform } from './row-transform.js';

/** The rows of a part to be written, and where to. */
export interface RowsToWrite {
  readonly source: LocalBytes;
  readonly plan: Plan;
  readonly part: PartRange;
  readonly output: OutputFile;
  readonly onRejected: (cell: RejectedCell) => void;
}

export interface WrittenRows {
  /** Of all that was written, in lower-case hex. */
  readonly md5: string;
  readonly ledger: PartLedger;
  readonly distinct: Uint8Array;
}

/**
 * Writes a part by csv-parse and the rules on text alone: where WebAssembly's SIMD instructions are missing, and to
 * prove `writeRows` by. Throws `malformed_record`, `record_too_large` and the signal's reason.
 */
export async function writeRowsWithCare(
  { source, plan, part, output, onRejected }: RowsToWrite,
  { signal, onProgress }: EngineOptions = {},
): Promise<WrittenRows> {
  const distinct = newDistinctRegisters();
  const rows = new RowTransform(plan, onRejected);
  const md5 = createHash('md5');
  const write = (text: string): void => {
    output.append(text);
    md5.update(text);
  };
  write(headerLine(plan.layout));
  let rowsRead = 0;
  for await (const batch of recordBatches(source, part, plan.dialect, signal)) {
    let lines = '';
    for (const [position, cells] of batch.records.entries()) {
      const row = rows.transform(cells, batch.lines[position] ?? part.firstLine);
      if (row === null) continue;
      lines += `${row.text}\n`;
      addDistinct(distinct, row.person);
    }
    write(lines);
    rowsRead += batch.records.length;
    onProgress?.({ bytesRead: batch.end - part.start, rowsRead });
  }
  return { md5: md5.digest('hex'), ledger: rows.ledger, distinct };
}
