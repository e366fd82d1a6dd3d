import { CustomerFileError } from './customer-file-error.js';
import type { Prediction } from './inspection.js';
import type { OutputLayout } from './output-layout.js';
import { rowsPerPart } from './part-size.js';

/** What was counted in a sample: rows, and the bytes that they take. */
export interface SampledRows {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * How many rows and parts a file will come to, if its rows go on as in the sample. `bytes`: of all its rows. Exact for a
 * sample that is the whole file.
 */
export function predictParts(
  sampled: SampledRows,
  bytes: number,
  layout: OutputLayout,
  partBytes: number,
): Prediction {
  const rows = Math.max(sampled.rows, Math.round((sampled.rows * bytes) / Math.max(1, sampled.bytes)));
  try {
    return { rows, parts: Math.ceil(rows / rowsPerPart(rows, 1, layout, partBytes)) };
  } catch (error) {
    if (error instanceof CustomerFileError) return { rows, parts: null };
    throw error;
  }
}
