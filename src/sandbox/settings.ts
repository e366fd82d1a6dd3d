import { z } from 'zod';

const rateLimits = z.strictObject({
  /** Calls of the app to one endpoint in a second, a minute, a day (UTC). */
  qps: z.number().int().positive(),
  qpm: z.number().int().positive(),
  qpd: z.number().int().positive(),
  /** Calls for one advertiser to one endpoint in a second; null: no such throttle. Breached: code 40133. */
  advertiserQps: z.number().int().positive().nullable().default(null),
  /** How long an endpoint stays blocked after a breach of `qpm`; TikTok's is five minutes. */
  qpmPenaltySeconds: z.number().nonnegative().default(300),
});

/** What the sandbox can be told, at start and by `PATCH /_sandbox/settings`. */
export const settingsSchema = z.strictObject({
  /** Seconds of the sandbox's clock that an operation on an audience takes, also one already accepted. 0 to 48 hours. */
  processingSeconds: z.number().min(0).max(172_800),
  /** Matched people below which an audience is not usable and a change fails. */
  minimumMatched: z.number().int().min(0),
  /** Null: no limits. TikTok's Basic level is `{qps: 10, qpm: 600, qpd: 864000}`. */
  rateLimits: rateLimits.nullable(),
  /** Answers 401 and 429 for dead authorizations and limits, instead of 200 for every envelope. */
  strictStatus: z.boolean(),
  /** Under which rule's e-mail address the known people are stored. */
  population: z.enum(['brief-2024', 'tiktok-2025-09', 'both']),
  /** "250 MB" a file; whether TikTok's are decimal or binary is unknown. */
  maximumFileBytes: z.number().int().positive(),
  /** The code for a `calculate_type` that does not exist; TikTok documents both. */
  unknownCalculateType: z.union([z.literal(40002), z.literal(40909)]),
  /** What happens to files whose `calculate_type` is not the audience's: the operation fails later, or is refused. */
  calculateTypeMismatch: z.enum(['operation_fails', 'refused']),
});

export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  processingSeconds: 3,
  minimumMatched: 1000,
  rateLimits: null,
  strictStatus: false,
  population: 'brief-2024',
  maximumFileBytes: 250_000_000,
  unknownCalculateType: 40002,
  calculateTypeMismatch: 'operation_fails',
};
