import { z } from 'zod';
import { REJECTION_REASONS } from '../../customer-file/identifiers/rejection-reasons.js';
import { IDENTIFIERS } from '../../customer-file/plan.js';

const count = z.int().min(0);

/** What became of rows, and of the cells of each identifier. */
export const ledger = z
  .object({
    rowsRead: count,
    rowsSent: count,
    rowsRejected: count,
    rowsExcluded: count,
    rowsBlank: count,
    identifiers: z.partialRecord(
      z.enum(IDENTIFIERS),
      z.object({
        cells: count,
        sent: count,
        empty: count,
        rejected: z.partialRecord(z.enum(REJECTION_REASONS), count),
        prehashed: count,
      }),
    ),
  })
  .meta({ id: 'Ledger' });
