import { z } from 'zod';

/** A page of a list, newest first. */
export function listOf<S extends z.ZodType>(item: S) {
  return z.object({
    data: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'For `?cursor=` of the next page; null on the last one.' }),
  });
}
