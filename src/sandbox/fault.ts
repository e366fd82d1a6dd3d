import { z } from 'zod';

const placement = {
  /** Path below the base address, as `dmp/custom_audience/create/`, or `*`. */
  endpoint: z.string().min(1),
  /** How many calls fail. */
  times: z.number().int().positive().default(1),
  /** How many calls pass before the first one fails. */
  after: z.number().int().nonnegative().default(0),
};

/**
 * - `code`: an error envelope, nothing done
 * - `http`: an HTML page with this status, nothing done
 * - `reset-before`: the connection is reset, nothing done
 * - `reset-after`: done, then the connection is reset instead of an answer
 * - `timeout`: never answered, nothing done
 * - `slow`: done at once, answered after `seconds` (of real time)
 */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('code'),
    ...placement,
    code: z.number().int(),
    message: z.string().default('Injected by the sandbox.'),
  }),
  z.strictObject({
    kind: z.literal('http'),
    ...placement,
    status: z.number().int().min(400).max(599).default(502),
  }),
  z.strictObject({ kind: z.literal('reset-before'), ...placement }),
  z.strictObject({ kind: z.literal('reset-after'), ...placement }),
  z.strictObject({ kind: z.literal('timeout'), ...placement }),
  z.strictObject({ kind: z.literal('slow'), ...placement, seconds: z.number().nonnegative().max(3600) }),
]);

export type Fault = z.infer<typeof faultSchema>;
