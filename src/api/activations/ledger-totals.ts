import { storedLedger } from '../../activation/stored-ledger.js';
import { estimatePeople } from '../../customer-file/distinct-estimate.js';
import { type PartLedger, sumLedgers } from '../../customer-file/ledger.js';
import { preparedLedgers } from '../../database/activation-progress.js';
import type { Database } from '../../database/open-database.js';

export interface LedgerTotals {
  readonly identifiers: PartLedger['identifiers'];
  readonly distinctEstimate: number;
}

const NONE: LedgerTotals = { identifiers: {}, distinctEstimate: 0 };
const MOST_REMEMBERED = 500;

/** @param partsPrepared how many parts of the preparation are prepared. */
export type ReadLedgerTotals = (preparationId: string | null, partsPrepared: number) => Promise<LedgerTotals>;

/**
 * Sums over the ledgers of a preparation's parts. A prepared part never changes, so that the sum of a known number of them does
 * not either and is remembered: event streams ask twice a second, and each part has a sketch of 16 KB.
 */
export function createLedgerTotals(db: Database): ReadLedgerTotals {
  const remembered = new Map<string, { partsPrepared: number; totals: LedgerTotals }>();

  return async (preparationId, partsPrepared) => {
    if (preparationId === null || partsPrepared === 0) return NONE;
    const known = remembered.get(preparationId);
    if (known?.partsPrepared === partsPrepared) return known.totals;
    const parts = await preparedLedgers(db, preparationId);
    const ledger = sumLedgers(parts.map((part) => storedLedger.parse(part.ledger)));
    const sketches = parts.flatMap(({ distinct }) => (distinct === null ? [] : [distinct]));
    const totals = {
      identifiers: ledger.identifiers,
      distinctEstimate: estimatePeople(sketches, ledger.rowsSent),
    };
    remembered.delete(preparationId);
    remembered.set(preparationId, { partsPrepared: parts.length, totals });
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return totals;
  };
}
