import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { FailureRemedy } from '../activation/attention.js';
import { timeOfDay } from '../activation/points-in-time.js';
import { RATE_LIMIT_PAUSE, type RateLimitPause } from '../activation/rate-limit-pause.js';
import type { LimitWait } from '../tiktok/call-gate.js';
import type { TikTokError } from '../tiktok/errors.js';
import { TIKTOK_SUPPORT } from '../tiktok/remedies.js';
import { again, counting, expected, final, type MappedFailure, SLOWLY } from './mapped-failure.js';
import type { Tries } from './tries.js';

const NOT_EDITABLE_MS = 30_000;

/** For codes that are repeated, but not for ever. */
const MOST_TRIES = { once: 2, few_times: 5 } as const;

/** A wait for the rate limit that is over sooner is no news to anybody. */
const WORTH_SHOWING_MS = 2_000;

/** From here on the workflow does the waiting, with a timer and in words. */
export const PAUSE_OF_THE_RUN_MS = 10_000;

/** TikTok allows a call at the next distance of turns at the earliest. */
const SHORTEST_WAIT_MS = 100;

/**
 * What becomes of a call that TikTok did not do, by the table of its return codes.
 *
 * @param gated whether the workflow waits for TikTok's rate limit itself
 */
export function fromTikTok(error: TikTokError, tries: Tries, gated: boolean): MappedFailure {
  switch (error.retry) {
    case 'after_pause':
      return waitForLimit(error, tries, gated);
    case 'patiently':
      return again('tiktok_unavailable', error.message, tries, 'tiktok_unavailable');
    case 'slowly':
      return again('tiktok_maintenance', error.message, tries, 'tiktok_unavailable', SLOWLY);
    case 'few_times':
    case 'once': {
      const type = `tiktok_code_${error.details.code}`;
      return (tries[type] ?? 0) + 1 < MOST_TRIES[error.retry]
        ? again(type, error.message, tries, 'tiktok_unavailable')
        : refused(error, counting(tries, type));
    }
    case 'when_editable':
      return {
        ...expected('audience_busy', error.message, tries, NOT_EDITABLE_MS),
        wait: { kind: 'audience_busy', until: new Date(Date.now() + NOT_EDITABLE_MS) },
      };
    // Publishing uploads the file again; whatever else meets it cannot.
    case 'after_upload':
    case 'never':
      return refused(error, tries);
  }
}

function refused(error: TikTokError, tries: Tries): MappedFailure {
  const { advice, mender, requestId } = error.details;
  // What mends itself by repeating has been repeated in vain.
  const help = mender === 'nobody' ? TIKTOK_SUPPORT.advice : advice;
  const remedy: FailureRemedy = { help, requestId };
  return final(error.class === 'file' ? 'file_refused' : 'tiktok_refused', error.message, tries, [remedy]);
}

function waitForLimit(error: TikTokError, tries: Tries, gated: boolean): MappedFailure {
  const { until, waitMs }: LimitWait = error.details.wait ?? { until: new Date(), waitMs: 0 };
  const message = `${error.message}; calls go on at ${timeOfDay(until.getTime())}.`;
  const wait = waitMs < WORTH_SHOWING_MS ? null : ({ kind: 'rate_limit', until } as const);
  if (!gated || waitMs < PAUSE_OF_THE_RUN_MS) {
    return expected('tiktok_rate_limit', message, tries, Math.max(SHORTEST_WAIT_MS, Math.ceil(waitMs)), wait);
  }
  const pause: RateLimitPause = { waitMs: Math.ceil(waitMs), until: until.toISOString() };
  const failure = ApplicationFailure.create({
    type: RATE_LIMIT_PAUSE,
    message,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
    details: [pause],
  });
  return { failure, wait, tries };
}
