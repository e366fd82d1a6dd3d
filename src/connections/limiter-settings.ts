import type { PauseLength } from '../database/call-pauses.js';

/** The levels of an app at TikTok, by which its limits are. */
export type RateLevel = 'basic' | 'advanced' | 'premium' | 'ultimate';

/** Calls to one endpoint that all processes together make for one app. */
export interface CallRates {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perDay: number;
}

/**
 * Below TikTok's limits, which are 10, 20, 30 and 50 a second, 60 times as many a minute and 86,400 times as many a day:
 * calls do not arrive as evenly as they are made, and other programs may use the same app.
 */
export const CALL_RATES: Record<RateLevel, CallRates> = {
  basic: { perSecond: 8, perMinute: 500, perDay: 800_000 },
  advanced: { perSecond: 16, perMinute: 1_000, perDay: 1_600_000 },
  premium: { perSecond: 24, perMinute: 1_500, perDay: 2_400_000 },
  ultimate: { perSecond: 40, perMinute: 2_500, perDay: 4_000_000 },
};

/** How long nobody calls after a refusal, in milliseconds. TikTok rarely says which of its limits it was. */
export interface PauseLengths {
  /** After a limit of calls a second: the first refusal, the second in a row, and so on. */
  readonly second: readonly number[];
  readonly minute: number;
  readonly day: PauseLength;
  /** After the throttle of one advertiser, which is of calls a second. */
  readonly advertiser: readonly number[];
}

/** "QPS: the next second; QPM: pause 5 minutes; QPD: until 00:00 UTC" (TikTok's page on rate limits). */
export const PAUSES: PauseLengths = {
  second: [1_000, 2_000, 4_000, 8_000],
  minute: 300_000,
  day: 'until_midnight_utc',
  advertiser: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000],
};

/** What an operator can set. */
export interface LimitSettings {
  readonly level: RateLevel;
  /** Milliseconds. */
  readonly minutePause: number;
  readonly dayPause: PauseLength;
}
