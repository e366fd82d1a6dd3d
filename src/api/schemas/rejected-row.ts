import { z } from 'zod';
import { IDENTIFIERS } from '../../customer-file/identifiers/identifier.js';
import { REJECTION_REASONS } from '../../customer-file/identifiers/rejection-reasons.js';

export const rejectedRowsQuery = z.object({ format: z.enum(['csv', 'json']).default('json') });

/** A cell, or a row without any filled cell, that was not sent. Never its value. */
export const rejectedRow = z
  .object({
    line: z.int().meta({ description: 'Line number in the upload, from 1, at which the row begins.' }),
    column: z.int().nullable().meta({ description: 'Index from 0; null when the row as a whole is meant.' }),
    identifier: z.enum(IDENTIFIERS).nullable(),
    reason: z.enum(REJECTION_REASONS),
  })
  .meta({ id: 'RejectedRow' });

export type RejectedRow = z.infer<typeof rejectedRow>;
