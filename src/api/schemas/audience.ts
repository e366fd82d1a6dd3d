import { z } from 'zod';

/** A Customer File audience of an advertiser, as TikTok lists it. */
export const audience = z
  .object({
    id: z.string(),
    name: z.string(),
    size: z.int().meta({ description: 'Matched users.' }),
    type: z.string().nullable().meta({ description: "TikTok's calculate_type, as EMAIL_SHA256." }),
    editable: z.boolean().meta({
      description:
        'Whether it can be changed now: made by this advertiser, and not being processed, too small, failed or expired.',
    }),
    expires: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Audience' });

export type Audience = z.infer<typeof audience>;
