import { z } from 'zod';
import { IDENTIFIERS } from '../customer-file/identifiers/identifier.js';
import { NORMALIZATION_PROFILES } from '../customer-file/identifiers/profiles.js';

/**
 * What was asked for, as it is stored with the activation. Unlike the request of the API it knows columns by index
 * only: header text can be personal data.
 */
export const storedRequest = z.object({
  audience: z.object({
    action: z.enum(['create', 'append', 'remove', 'replace']),
    /** Of the audience to create. */
    name: z.string().optional(),
    retentionInDays: z.int().optional(),
    /** Of the audience to change. */
    audienceId: z.string().optional(),
    confirmCurrentSize: z.int().optional(),
  }),
  columns: z.array(
    z.object({ index: z.int(), identifier: z.enum(IDENTIFIERS), defaultCountry: z.string().exactOptional() }),
  ),
  include: z.array(z.object({ column: z.int(), values: z.array(z.string()) })),
  normalization: z.enum(NORMALIZATION_PROFILES),
  rejectedRowPercent: z.number(),
  /** What happens over that limit; absent: the run fails. */
  overRejectedRows: z.literal('ask').exactOptional(),
  dryRun: z.boolean(),
});

export type StoredRequest = z.infer<typeof storedRequest>;
