import { describe, expect, it } from 'vitest';
import { refuseTooManyRejected } from '../../src/activities/rejected-row-limit.js';

const ledger = (rowsRejected: number, rowsExcluded = 0, rowsBlank = 0) => ({
  rowsRejected,
  rowsExcluded,
  rowsBlank,
});

describe('the limit of rejected rows', () => {
  it('lets a run go on while unread rows could still bring it under the limit', () => {
    expect(() => refuseTooManyRejected([ledger(10)], 100, 10)).not.toThrow();
  });

  it('stops a run as soon as it is certain to exceed the limit, however much is still unread', () => {
    expect(() => refuseTooManyRejected([ledger(11)], 100, 10)).toThrow(/11 of at most 100 rows/);
  });

  it('counts the share among rows that carry any value', () => {
    expect(() => refuseTooManyRejected([ledger(6, 30, 20)], 100, 10)).toThrow(/6 of at most 50 rows/);
  });

  it('refuses nothing at 100 %, and anything at 0 %', () => {
    expect(() => refuseTooManyRejected([ledger(100)], 100, 100)).not.toThrow();
    expect(() => refuseTooManyRejected([ledger(1)], 1_000_000, 0)).toThrow();
  });
});
