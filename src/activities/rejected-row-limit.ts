import type { PartLedger } from '../customer-file/ledger.js';
import { ActivationFailure } from './activation-failure.js';

/**
 * Throws when the share of rejected rows is certain to exceed the limit: even if every row that was not read yet had
 * a usable identifier. The share is counted among rows that carry any value.
 */
export function refuseTooManyRejected(
  ledgers: readonly Pick<PartLedger, 'rowsRejected' | 'rowsExcluded' | 'rowsBlank'>[],
  rowsTotal: number,
  limitPercent: number,
): void {
  let rejected = 0;
  let valueless = 0;
  for (const ledger of ledgers) {
    rejected += ledger.rowsRejected;
    valueless += ledger.rowsExcluded + ledger.rowsBlank;
  }
  const rows = rowsTotal - valueless;
  if (rejected * 100 <= rows * limitPercent) return;
  throw new ActivationFailure(
    'rejected_row_limit',
    `${rejected} of at most ${rows} rows have no usable identifier, more than the limit of ${limitPercent} %. ` +
      'Nothing was published. The rejected rows are listed with their reasons.',
  );
}
