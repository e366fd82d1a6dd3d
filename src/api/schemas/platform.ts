import { z } from 'zod';
import { PLATFORM } from './connection.js';

/** A kind of destination: a tile of "Add platform". */
export const platform = z
  .object({
    id: z.literal(PLATFORM),
    name: z.string(),
    description: z.string(),
    identifiers: z.array(z.enum(['email', 'phone', 'maid'])),
    actions: z.array(z.enum(['create', 'append', 'remove', 'replace'])),
  })
  .meta({ id: 'Platform' });

export type Platform = z.infer<typeof platform>;
