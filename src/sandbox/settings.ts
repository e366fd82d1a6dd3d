import { z } from 'zod';
import { rateLimitsSetting } from './rate-limit-levels.js';

const tokenLifetimes = z.strictObject({
  /** Seconds until an access token answers 40102. */
  accessSeconds: z.number().positive().default(86_400),
  /** Seconds until its refresh token answers 40103. */
  refreshSeconds: z.number().positive().default(31_536_000),
});

/** What the sandbox can be told, at start and by `PATCH /_sandbox/settings`. */
export const settingsSchema = z.strictObject({
  /** Seconds of the sandbox's clock that an operation on an audience takes, also one already accepted. 0 to 48 hours. */
  processingSeconds: z.number().min(0).max(172_800),
  /** Matched people below which an audience is not usable and a change fails. */
  minimumMatched: z.number().int().min(0),
  /** Null: counted against TikTok's Basic level, and never refused. */
  rateLimits: rateLimitsSetting,
  /** Answers 401 and 429 for dead authorizations and limits, instead of 200 for every envelope. */
  strictStatus: z.boolean(),
  /** Under which rule's e-mail address the known people are stored. */
  population: z.enum(['brief-2024', 'tiktok-2025-09', 'both']),
  /** In which spelling their phone numbers are stored: `+442071838750`, `442071838750`, or both. */
  phones: z.enum(['with-plus', 'without-plus', 'both']),
  /** "250 MB" a file; whether TikTok's are decimal or binary is unknown. */
  maximumFileBytes: z.number().int().positive(),
  /** The code for a `calculate_type` that does not exist; TikTok documents both. */
  unknownCalculateType: z.union([z.literal(40002), z.literal(40909)]),
  /** What happens to files whose `calculate_type` is not the audience's: the operation fails later, or is refused. */
  calculateTypeMismatch: z.enum(['operation_fails', 'refused']),
  /**
   * What `create` does with a file path that does not exist or has expired: refuses it, or makes an audience that fails
   * and is mended by `update`, as TikTok's page says of a wrong path.
   */
  badFilePath: z.enum(['refused', 'operation_fails']),
  /** Every call with a token answers 40113: TikTok has blocked the app. */
  appBlocked: z.boolean(),
  /** Null, as at TikTok for this API: tokens do not expire and cannot be refreshed. Holds for tokens given from then on. */
  tokenLifetimes: tokenLifetimes.nullable(),
});

export type Settings = z.infer<typeof settingsSchema>;
/** As it may be told: limits also by their level's name. */
export type SettingsInput = z.input<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  processingSeconds: 3,
  minimumMatched: 1000,
  rateLimits: null,
  strictStatus: false,
  population: 'brief-2024',
  phones: 'with-plus',
  maximumFileBytes: 250_000_000,
  unknownCalculateType: 40002,
  calculateTypeMismatch: 'operation_fails',
  badFilePath: 'refused',
  appBlocked: false,
  tokenLifetimes: null,
};
