import { z } from 'zod';
import { IDENTIFIERS } from '../../customer-file/identifiers/identifier.js';
import { DEFAULT_NORMALIZATION, NORMALIZATION_PROFILES } from '../../customer-file/identifiers/profiles.js';
import { REJECTION_REASONS } from '../../customer-file/identifiers/rejection-reasons.js';
import type { Inspection } from '../../customer-file/inspection.js';
import { columnMappings } from './activation-request.js';
import { ledger } from './ledger.js';

const identifier = z.enum(IDENTIFIERS);
const count = z.int().min(0);

const columnsParameter = z
  .string()
  .transform((text, context) => {
    try {
      const mapping: unknown = JSON.parse(text);
      return mapping;
    } catch {
      context.addIssue('is not JSON');
      return z.NEVER;
    }
  })
  .pipe(columnMappings)
  .meta({ description: 'The "columns" of an activation, as JSON. Default: what is proposed.' });

export const inspectionQuery = z.object({
  normalization: z.enum(NORMALIZATION_PROFILES).default(DEFAULT_NORMALIZATION),
  columns: columnsParameter.optional(),
});

/** What the first rows of an upload tell; every value is masked. */
export const inspection = z
  .object({
    dialect: z.object({
      encoding: z.enum(['utf-8', 'windows-1252']),
      delimiter: z.enum([',', ';', '\t', '|']),
      header: z.boolean(),
      firstRowOffset: count,
      firstRowLine: count,
    }),
    columns: z.array(
      z.object({
        index: count,
        name: z.string(),
        header: z.string().nullable(),
        proposal: z
          .object({ identifier, certainty: z.enum(['certain', 'likely', 'doubtful']), reason: z.string() })
          .nullable(),
        form: z.enum(['plain', 'sha256', 'md5', 'mixed', 'empty']),
        counts: z.object({ plain: count, sha256: count, md5: count, otherHash: count, empty: count }),
        consent: z
          .object({ values: z.array(z.object({ value: z.string(), rows: count })) })
          .nullable()
          .meta({
            description:
              'A column that seems to say who agreed to be contacted, with its answers in the sample, as "include" of an activation compares them.',
          }),
        samples: z.array(z.object({ before: z.string(), after: z.string(), sha256: z.string() })),
        problems: z.partialRecord(z.enum(REJECTION_REASONS), count),
      }),
    ),
    chosen: z.array(z.object({ index: count, identifier, defaultCountry: z.string().exactOptional() })),
    firstRows: z.array(z.array(z.string())),
    sample: z.object({ rows: count, unevenRows: count, complete: z.boolean(), ledger: ledger.nullable() }),
    predicted: z.object({ rows: count, parts: count.nullable() }).nullable().meta({
      description:
        'What the file will come to if it goes on as its first rows; exact when the sample is complete. Parts are null when there are more rows than TikTok takes for one audience.',
    }),
    warnings: z
      .array(z.object({ code: z.literal('few_people'), title: z.string(), detail: z.string() }))
      .meta({ description: 'What to know before TikTok finds it out. Nothing is refused because of it.' }),
  })
  .meta({ id: 'Inspection' }) satisfies z.ZodType<Inspection>;
