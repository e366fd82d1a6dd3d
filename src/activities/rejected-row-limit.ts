import type { PartLedger } from '../customer-file/ledger.js';
import { exceedsRejectedRowLimit, sumLedgers } from '../customer-file/ledger.js';
import { ActivationFailure } from './activation-failure.js';

/** Throws as soon as it is certain that the run will exceed its limit of rejected rows. */
export function refuseTooManyRejected(
  parts: readonly PartLedger[],
  rowsTotal: number,
  limitPercent: number,
): void {
  const ledger = sumLedgers(parts);
  if (!exceedsRejectedRowLimit(ledger, limitPercent, rowsTotal)) return;
  throw new ActivationFailure(
    'rejected_row_limit',
    `${ledger.rowsRejected} rows have no usable identifier, which is certain to be more than the limit of ` +
      `${limitPercent} %. Nothing was published. The rejected rows are listed with their reasons.`,
  );
}
