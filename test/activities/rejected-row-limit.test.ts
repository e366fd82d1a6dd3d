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

const look = async () => ({
  columns: [{ index: 2, identifier: 'email' as const }],
  inspection: { columns: [], sample: { rows: 0, unevenRows: 0, complete: true, ledger: null } },
});

const refuse = (parts: readonly PartLedger[], rowsTotal: number, limitPercent: number) =>
  refuseTooManyRejected(parts, rowsTotal, limitPercent, look);

describe('the limit of rejected rows', () => {
  it('lets a run go on while rows that are still to be read could bring it under the limit', async () => {
    await expect(refuse([part(10, 10)], 100, 10)).resolves.toBeUndefined();
  });

  it('stops a run as soon as it is certain to exceed the limit, summed over its parts', async () => {
    await expect(refuse([part(10, 6), part(10, 5)], 100, 10)).rejects.toThrow(/^11 of the 31 rows/);
  });

  it('counts the share among rows that are neither excluded nor blank', async () => {
    await expect(refuse([part(44, 6, 30, 20)], 100, 10)).rejects.toThrow(/^6 of the 100 rows/);
  });

  it('refuses nothing at 100 %, and anything at 0 %', async () => {
    await expect(refuse([part(0, 100)], 100, 100)).resolves.toBeUndefined();
    await expect(refuse([part(999, 1)], 1_000, 0)).rejects.toThrow();
  });

  it('says the counts by reason and the likely cause in one message', async () => {
    const email = { cells: 100, sent: 2, empty: 0, rejected: { no_at_sign: 98 }, prehashed: 0 };
    const ledger = { ...part(2, 98), identifiers: { email } };
    await expect(refuse([ledger], 100, 10)).rejects.toThrow(
      '98 of the 100 rows read so far have no usable identifier, which is certain to be more than the limit of 10 %. ' +
        'Nothing was published. Counted: 98 of 100 e-mail cells: no @ sign. Likely cause: Column 3 does not look like ' +
        'e-mail addresses: 98 of 100 cells hold no @. Map the column that holds e-mail addresses. The rejected rows are listed with their reasons.',
    );
  });
});
