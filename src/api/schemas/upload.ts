import { z } from 'zod';

/** An upload as the API shows it. Its content can never be read. */
export const upload = z
  .object({
    id: z.string(),
    filename: z.string().nullable(),
    size: z.int(),
    received: z.int(),
    complete: z.boolean(),
    digest: z.string().nullable().meta({ description: 'SHA-256 of the content, once complete.' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Upload' });

export type Upload = z.infer<typeof upload>;
