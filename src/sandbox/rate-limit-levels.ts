import { z } from 'zod';

/** Calls of an app to one endpoint in a second, a minute, a day (UTC), by the level of the app. From TikTok's documents. */
const LEVELS = {
  basic: { qps: 10, qpm: 600, qpd: 864_000 },
  advanced: { qps: 20, qpm: 1200, qpd: 1_728_000 },
  premium: { qps: 30, qpm: 1800, qpd: 2_592_000 },
  ultimate: { qps: 50, qpm: 3000, qpd: 4_320_000 },
  /** Those of TikTok's own sandbox host. */
  sandbox: { qps: 1, qpm: 30, qpd: 1000 },
} as const;

const rateLimits = z.strictObject({
  qps: z.number().int().positive().default(LEVELS.basic.qps),
  qpm: z.number().int().positive().default(LEVELS.basic.qpm),
  qpd: z.number().int().positive().default(LEVELS.basic.qpd),
  /** Calls for one advertiser to one endpoint in a second; null: no such throttle. Breached: code 40133. */
  advertiserQps: z.number().int().positive().nullable().default(null),
  /** Seconds of the sandbox's clock that an endpoint stays blocked after a breach of `qpm`; TikTok's are five minutes. */
  qpmPenaltySeconds: z.number().nonnegative().default(300),
  /** The same after a breach of `qpd`; null, as at TikTok: until 00:00 UTC. */
  qpdPenaltySeconds: z.number().nonnegative().nullable().default(null),
});

export type RateLimits = z.infer<typeof rateLimits>;

/** What an app has that was not promoted. */
export const BASIC_LIMITS: RateLimits = rateLimits.parse({});

const levelNames = z.enum(['basic', 'advanced', 'premium', 'ultimate', 'sandbox']);

/**
 * Limits as they are told to the sandbox: numbers, of which those of the Basic level hold where one is left out, or the
 * name of a level, or true for Basic; null or false: none are enforced.
 */
export const rateLimitsSetting = z
  .union([rateLimits, levelNames, z.boolean(), z.null()])
  .transform((given): RateLimits | null => {
    if (given === null || given === false) return null;
    if (given === true) return BASIC_LIMITS;
    return typeof given === 'string' ? rateLimits.parse(LEVELS[given]) : given;
  });
