import { z } from 'zod';
import { IDENTIFIERS } from '../../customer-file/identifiers/identifier.js';
import { NORMALIZATION_PROFILES } from '../../customer-file/identifiers/profiles.js';
import { PLATFORM } from './connection.js';

/** A dated set of rules, with the same values before and after in each. */
const normalizationProfile = z.object({
  name: z.enum(NORMALIZATION_PROFILES),
  isDefault: z.boolean(),
  summary: z.string(),
  source: z.string(),
  examples: z.array(
    z.object({
      identifier: z.enum(IDENTIFIERS),
      before: z.string(),
      after: z.string().nullable().meta({ description: 'Null where the profile refuses the value.' }),
      sha256: z.string().nullable(),
    }),
  ),
});

/** A kind of destination: a tile of "Add platform". */
export const platform = z
  .object({
    id: z.literal(PLATFORM),
    name: z.string(),
    description: z.string(),
    identifiers: z.array(z.enum(IDENTIFIERS)),
    environments: z
      .array(z.enum(['live', 'sandbox']))
      .meta({ description: 'Where connections of this server can lead, the default first.' }),
    actions: z.array(z.enum(['create', 'append', 'remove', 'replace'])),
    normalizationProfiles: z
      .array(normalizationProfile)
      .meta({ description: 'What "normalization" of an activation can be, the default first.' }),
  })
  .meta({ id: 'Platform' });

export type Platform = z.infer<typeof platform>;
