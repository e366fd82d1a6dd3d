/** `type` of the failure by which an activity tells the workflow that TikTok's limits allow no call for a while. */
export const RATE_LIMIT_PAUSE = 'tiktok_rate_limit_pause';

/** The first detail of such a failure. */
export interface RateLimitPause {
  /** From the failure on. */
  readonly waitMs: number;
  /** ISO 8601. */
  readonly until: string;
}
