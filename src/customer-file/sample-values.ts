import { hash } from 'node:crypto';
import { cleanCell } from './identifiers/clean-cell.js';
import type { NormalizationProfile } from './identifiers/profiles.js';
import { readCell } from './identifiers/read-cell.js';
import type { RejectionReason } from './identifiers/rejection-reasons.js';
import type { ColumnForm, ValueSample } from './inspection.js';
import { maskValue } from './mask-value.js';
import type { DigestAlgorithm } from './output-layout.js';
import type { IdentifierColumn } from './plan.js';

const SAMPLES = 3;

export interface SampleValues {
  readonly samples: readonly ValueSample[];
  readonly problems: Readonly<Partial<Record<RejectionReason, number>>>;
}

/** What becomes of the values of a column: the first few masked, and how many are refused for what reason. */
export function sampleValues(
  cells: readonly string[],
  column: IdentifierColumn,
  form: ColumnForm,
  normalization: NormalizationProfile,
): SampleValues {
  const digest: DigestAlgorithm = column.identifier === 'maid' && form === 'md5' ? 'md5' : 'sha256';
  const samples: ValueSample[] = [];
  const problems: Partial<Record<RejectionReason, number>> = {};
  for (const cell of cells) {
    const outcome = readCell(cell, column, digest, normalization);
    switch (outcome.kind) {
      case 'empty':
        break;
      case 'rejected':
        problems[outcome.reason] = (problems[outcome.reason] ?? 0) + 1;
        break;
      case 'plain':
        if (samples.length < SAMPLES) {
          samples.push({
            before: maskValue(cleanCell(cell)),
            after: maskValue(outcome.canonical),
            sha256: hash(digest, outcome.canonical, 'hex'),
          });
        }
        break;
      case 'hashed':
        if (samples.length < SAMPLES) {
          const masked = maskValue(outcome.digest);
          samples.push({ before: maskValue(cleanCell(cell)), after: masked, sha256: masked });
        }
        break;
    }
  }
  return { samples, problems };
}
