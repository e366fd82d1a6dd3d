import { z } from 'zod';

/** Unknown fields of TikTok's answers are ignored everywhere: it adds some without notice. */

/** An id as text. TikTok's are strings or integers; long integers arrive as strings already, unrounded. */
export const id = z.union([z.string().min(1), z.int()]).transform(String);

/** TikTok writes null, or leaves the field out, where it has nothing to say. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

/** Calls that only change something answer with `{}`, or with no data at all. */
export const nothing = z.unknown();
