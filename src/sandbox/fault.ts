import { z } from 'zod';

const placement = {
  /** Path below the base address, as `dmp/custom_audience/create/`, or `*`. */
  endpoint: z.string().min(1),
  /** How many calls fail. */
  times: z.number().int().positive().default(1),
  /** How many calls pass before the first one fails: the k-th call fails with `after: k - 1`. */
  after: z.number().int().nonnegative().default(0),
  /** Only calls for this advertiser; null: all. Other calls are not counted. */
  advertiserId: z.string().nullable().default(null),
};

/**
 * - `code`: an error envelope, nothing done
 * - `http`: an HTML page with this status, nothing done
 * - `reset-before`: the connection is reset, nothing done
 * - `reset-after`: done, then the connection is reset instead of an answer
 * - `timeout`: never answered, nothing done
 * - `slow`: done at once, answered after `seconds` (of real time)
 * - `revoke`: the token of the call is revoked, then the call refused with 40105
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
  z.strictObject({ kind: z.literal('revoke'), ...placement }),
]);

export const FAULT_KINDS = faultSchema.options.map((option) => option.shape.kind.value);

export type Fault = z.infer<typeof faultSchema>;

/** The call is done as ever, and only its answer suffers. */
export type LateFault = Extract<Fault, { kind: 'reset-after' | 'slow' }>;
/** It comes in the place of the call. */
export type EarlyFault = Exclude<Fault, LateFault>;

export function isLate(fault: Fault): fault is LateFault {
  return fault.kind === 'reset-after' || fault.kind === 'slow';
}

/** Thrown inside a call that meets a fault before anything is done. */
export class FaultMet extends Error {
  override readonly name = 'FaultMet';
  readonly fault: EarlyFault;

  constructor(fault: EarlyFault) {
    super(`injected: ${fault.kind}`);
    this.fault = fault;
  }
}
