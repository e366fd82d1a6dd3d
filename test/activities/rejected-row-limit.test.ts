import { describe, expect, it } from 'vitest';
import { refuseTooManyRejected } from '../../src/activities/rejected-row-limit.js';
import type { PartLedger } from '../../src/customer-file/ledger.js';

const part = (rowsSent: number, rowsRejected: number, rowsExcluded = 0, rowsBlank = 0): PartLedger => ({
  rowsRead: rowsSent + rowsRejected + rowsExcluded + rowsBlank,
  rowsSent,
  rowsRejected,
  rowsExcluded,
  rowsBlank,
  identifiers: {},
});

describe('the limit of rejected rows', () => {
  it('lets a run go on while rows that are still to be read could bring it under the limit', () => {
    expect(() => refuseTooManyRejected([part(10, 10)], 100, 10)).not.toThrow();
  });

  it('stops a run as soon as it is certain to exceed the limit, summed over its parts', () => {
    expect(() => refuseTooManyRejected([part(10, 6), part(10, 5)], 100, 10)).toThrow(/11 rows/);
  });

  it('counts the share among rows that are neither excluded nor blank', () => {
    expect(() => refuseTooManyRejected([part(44, 6, 30, 20)], 100, 10)).toThrow(/6 rows/);
  });

  it('refuses nothing at 100 %, and anything at 0 %', () => {
    expect(() => refuseTooManyRejected([part(0, 100)], 100, 100)).not.toThrow();
    expect(() => refuseTooManyRejected([part(999, 1)], 1_000, 0)).toThrow();
  });
});
