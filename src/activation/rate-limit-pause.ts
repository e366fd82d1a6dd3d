/** `type` of the failure by which an activity tells the workflow that TikTok's limits allow no call for a while. */
export const RATE_LIMIT_PAUSE = 'tiktok_rate_limit_pause';

/** The first detail of such a failure. */
export interface RateLimitPause {
  /** From the failure on. */
  readonly waitMs: number;
  /** ISO 8601. */
  readonly until: string;
}

const MINUTE_MS = 60_000;

/** A time of day for a person, as `14:05 UTC`; not before the time itself. */
export function timeOfDay(time: string): string {
  const minute = new Date(Math.ceil(new Date(time).getTime() / MINUTE_MS) * MINUTE_MS);
  return `${minute.toISOString().slice(11, 16)} UTC`;
}
