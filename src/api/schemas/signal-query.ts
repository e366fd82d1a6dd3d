import { z } from 'zod';

/** The parameters of what a person tells a run. */
export const signalQuery = z.object({
  question: z.string().max(100).optional().meta({
    description:
      'Of `approve` and `reject`: `attention.code` of what the person has read. An answer to another question is refused.',
  }),
});
