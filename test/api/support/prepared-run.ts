import type { PartLedger } from '../../../src/customer-file/ledger.js';
import type { Database } from '../../../src/database/open-database.js';
import { recordPrepared } from '../../../src/database/preparation-parts.js';
import { storeSplit } from '../../../src/database/preparations.js';
import { newPreparation } from '../../database/fresh-database.js';
import { recordUpload } from '../../support/recorded-upload.js';

function ledger(rows: { sent: number; rejected: number }): PartLedger {
  return {
    rowsRead: rows.sent + rows.rejected,
    rowsSent: rows.sent,
    rowsRejected: rows.rejected,
    rowsExcluded: 0,
    rowsBlank: 0,
    identifiers: {
      email: {
        cells: rows.sent + rows.rejected,
        sent: rows.sent,
        empty: 0,
        rejected: { no_at_sign: rows.rejected },
        prehashed: 0,
      },
    },
  };
}

/** Leaves a run as the activities do: two parts, both prepared, the first delivered. Returns the preparation. */
export async function prepareRun(db: Database, id: string): Promise<string> {
  const preparationId = await newPreparation(db, id);
  const range = { firstLine: 2, firstRow: 1 };
  await storeSplit(db, preparationId, {
    rows: 30,
    parts: [
      { index: 0, start: 0, end: 100, rows: 20, ...range },
      { index: 1, start: 100, end: 150, rows: 10, ...range },
    ],
  });
  const distinct = new Uint8Array(16_384);
  const prepared = { bytes: 1_000, md5: 'd41d8cd98f00b204e9800998ecf8427e', distinct };
  await recordPrepared(db, preparationId, 0, { ...prepared, ledger: ledger({ sent: 18, rejected: 2 }) });
  await recordPrepared(db, preparationId, 1, { ...prepared, ledger: ledger({ sent: 9, rejected: 1 }) });
  await recordUpload(db, {
    activationId: id,
    partIndex: 0,
    filePath: 'abcd',
    requestId: 'req-1',
    bytes: 1_000,
  });
  return preparationId;
}
