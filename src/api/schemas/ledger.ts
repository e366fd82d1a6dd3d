import { storedLedger } from '../../activation/stored-ledger.js';

/** What became of rows, and of the cells of each identifier. */
export const ledger = storedLedger.meta({ id: 'Ledger' });
