import { z } from 'zod';
import { IDENTIFIERS } from '../customer-file/identifiers/identifier.js';
import { REJECTION_REASONS } from '../customer-file/identifiers/rejection-reasons.js';
import type { PartLedger } from '../customer-file/ledger.js';

const count = z.int().min(0);

/** The ledger of a part as the database holds it. */
export const storedLedger: z.ZodType<PartLedger> = z.object({
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
});
