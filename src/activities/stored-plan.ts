import { z } from 'zod';
import { IDENTIFIERS } from '../customer-file/identifiers/identifier.js';
import { NORMALIZATION_PROFILES } from '../customer-file/identifiers/profiles.js';
import { CALCULATE_TYPES } from '../customer-file/output-layout.js';
import type { Plan } from '../customer-file/plan.js';

/** A plan as the database holds it. */
export const storedPlan: z.ZodType<Plan> = z.object({
  engine: z.int(),
  dialect: z.object({
    encoding: z.enum(['utf-8', 'windows-1252']),
    delimiter: z.enum([',', ';', '\t', '|']),
    header: z.boolean(),
    firstRowOffset: z.int(),
    firstRowLine: z.int(),
  }),
  columns: z.array(
    z.object({ index: z.int(), identifier: z.enum(IDENTIFIERS), defaultCountry: z.string().exactOptional() }),
  ),
  normalization: z.enum(NORMALIZATION_PROFILES),
  layout: z.object({
    calculateType: z.enum(CALCULATE_TYPES),
    fields: z.array(
      z.object({
        column: z.int(),
        identifier: z.enum(IDENTIFIERS),
        digest: z.enum(['sha256', 'md5']),
        header: z.enum(['email_SHA256', 'phone_SHA256', 'MAID_SHA256', 'MAID_MD5']),
      }),
    ),
  }),
  include: z.array(z.object({ column: z.int(), values: z.array(z.string()) })),
  partBytes: z.int(),
});
