import { describe, expect, it } from 'vitest';
import {
  exceedsRejectedRowLimit,
  ledgerImbalance,
  type PartLedger,
  sumLedgers,
} from '../../src/customer-file/ledger.js';

function ledger(changes: Partial<PartLedger> = {}): PartLedger {
  return {
    rowsRead: 10,
    rowsSent: 6,
    rowsRejected: 2,
    rowsExcluded: 1,
    rowsBlank: 1,
    identifiers: { email: { cells: 8, sent: 6, empty: 1, rejected: { no_at_sign: 1 }, prehashed: 2 } },
    ...changes,
  };
}

describe('ledgers', () => {
  it('are summed over parts, by identifier and reason', () => {
    const sum = sumLedgers([
      ledger(),
      ledger({
        identifiers: {
          email: {
            cells: 8,
            sent: 6,
            empty: 0,
            rejected: { no_at_sign: 1, several_values: 1 },
            prehashed: 0,
          },
          maid: { cells: 8, sent: 8, empty: 0, rejected: {}, prehashed: 8 },
        },
      }),
    ]);
    expect(sum).toEqual({
      rowsRead: 20,
      rowsSent: 12,
      rowsRejected: 4,
      rowsExcluded: 2,
      rowsBlank: 2,
      identifiers: {
        email: {
          cells: 16,
          sent: 12,
          empty: 1,
          rejected: { no_at_sign: 2, several_values: 1 },
          prehashed: 2,
        },
        maid: { cells: 8, sent: 8, empty: 0, rejected: {}, prehashed: 8 },
      },
    });
    expect(ledgerImbalance(sum)).toBeNull();
  });

  it('of no part are all zero and balance', () => {
    expect(ledgerImbalance(sumLedgers([]))).toBeNull();
  });

  it('say which sum does not close', () => {
    expect(ledgerImbalance(ledger({ rowsRead: 11 }))).toBe(
      '11 rows were read, but 10 were sent, rejected, excluded or blank.',
    );
    const email = { cells: 9, sent: 6, empty: 1, rejected: {}, prehashed: 0 };
    expect(ledgerImbalance(ledger({ identifiers: { email } }))).toBe(
      '9 email cells were read, but 7 were sent, empty or rejected.',
    );
  });
});

describe('the rejected-row limit', () => {
  it('is the share among rows that are neither blank nor excluded', () => {
    expect(exceedsRejectedRowLimit(ledger(), 25, 10)).toBe(false);
    expect(exceedsRejectedRowLimit(ledger(), 24.9, 10)).toBe(true);
    expect(exceedsRejectedRowLimit(ledger(), 100, 10)).toBe(false);
    expect(exceedsRejectedRowLimit(sumLedgers([]), 0, 0)).toBe(false);
  });

  it('is exceeded early only when no row to come can change that', () => {
    expect(exceedsRejectedRowLimit(ledger(), 10, 22)).toBe(false);
    expect(exceedsRejectedRowLimit(ledger(), 10, 21)).toBe(true);
  });
});
