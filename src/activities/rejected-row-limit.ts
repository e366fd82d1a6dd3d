import type { Attention } from '../activation/attention.js';
import { countReasons, likelyCause, type RejectedFile } from '../customer-file/explain-rejections.js';
import { exceedsRejectedRowLimit, type PartLedger, sumLedgers } from '../customer-file/ledger.js';
import { ActivationFailure } from './activation-failure.js';
import type { ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import type { LoadedActivation } from './loaded-activation.js';
import { inspectStoredUpload } from './stored-upload.js';

/** What is known of a file beside the account of its rows. */
export type LookAtFile = () => Promise<Omit<RejectedFile, 'ledger'>>;

export function lookAtFile(deps: ActivityDependencies, activation: LoadedActivation): LookAtFile {
  return async () => {
    const { inspection } = await heartbeating((signal) => inspectStoredUpload(deps, activation, signal));
    return { columns: activation.request.columns, inspection };
  };
}

/**
 * Throws as soon as it is certain that the run will exceed its limit of rejected rows, with the reasons counted and the
 * likely cause. `look` is called only then.
 */
export async function refuseTooManyRejected(
  parts: readonly PartLedger[],
  rowsTotal: number,
  limitPercent: number,
  look: LookAtFile,
): Promise<void> {
  const ledger = sumLedgers(parts);
  if (!exceedsRejectedRowLimit(ledger, limitPercent, rowsTotal)) return;
  throw new ActivationFailure(
    'rejected_row_limit',
    `${ledger.rowsRejected} of the ${ledger.rowsRead} rows read so far have no usable identifier, which is certain to be more than the limit of ` +
      `${limitPercent} %. Nothing was published. ${explainRejections({ ...(await look()), ledger })}The rejected rows are listed with their reasons.`,
  );
}

/** What to ask a person about a file that is over its limit of rejected rows; null when it is not. */
export async function rejectedRowsQuestion(
  ledger: PartLedger,
  limitPercent: number,
  look: LookAtFile,
): Promise<Omit<Attention, 'url'> | null> {
  if (!exceedsRejectedRowLimit(ledger, limitPercent, ledger.rowsRead)) return null;
  return {
    code: 'rejected_rows_over_limit',
    title: 'More rows are rejected than the limit allows',
    detail:
      `${ledger.rowsRejected} of ${ledger.rowsRead} rows have no usable identifier; the limit is ${limitPercent} %. ` +
      `${explainRejections({ ...(await look()), ledger })}Approve to publish the ${ledger.rowsSent} others; or reject, and nothing is published.`,
  };
}

/** Counts and likely cause as sentences, each with a space behind it. */
export function explainRejections(file: RejectedFile): string {
  const cause = likelyCause(file);
  return [countReasons(file.ledger), cause === null ? '' : `Likely cause: ${cause}`]
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence} `)
    .join('');
}
