import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Tries } from './tries.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What an open run can wait for while an activity is tried again. */
export const RETRY_WAITS = ['rate_limit', 'tiktok_unavailable', 'audience_busy', 'storage'] as const;

export interface RetryWait {
  readonly kind: (typeof RETRY_WAITS)[number];
  readonly until: Date;
}

export interface MappedFailure {
  readonly failure: ApplicationFailure;
  /** What is shown on the activation; null for a failure that ends the run, or is over in a moment. */
  readonly wait: RetryWait | null;
  /** With this failure counted. */
  readonly tries: Tries;
}

/** Distances between tries: doubled each time. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const SOON: Backoff = { firstMs: 2 * SECOND, longestMs: MINUTE };
export const SLOWLY: Backoff = { firstMs: MINUTE, longestMs: 15 * MINUTE };

/** The run ends, or a person is needed, unless the workflow knows the type. */
export function final(type: string, message: string, tries: Tries, details: unknown[] = []): MappedFailure {
  const failure = ApplicationFailure.create({ type, message, nonRetryable: true, details });
  return { failure, wait: null, tries };
}

/** Tried again, less often with each failure of the type. */
export function again(
  type: string,
  message: string,
  tries: Tries,
  kind: RetryWait['kind'] | null,
  { firstMs, longestMs }: Backoff = SOON,
): MappedFailure {
  const counted = counting(tries, type);
  const delayMs = Math.min(firstMs * 2 ** ((counted[type] ?? 1) - 1), longestMs);
  return {
    failure: ApplicationFailure.create({ type, message, nextRetryDelay: delayMs }),
    wait: kind === null ? null : { kind, until: new Date(Date.now() + delayMs) },
    tries: counted,
  };
}

/**
 * Part of the normal course, and so neither a warning in the log, nor a failure in the metrics, nor a try.
 *
 * @param delayMs null: by the retry policy
 */
export function expected(
  type: string,
  message: string,
  tries: Tries,
  delayMs: number | null,
  wait: RetryWait | null = null,
): MappedFailure {
  return {
    failure: ApplicationFailure.create({
      type,
      message,
      category: ApplicationFailureCategory.BENIGN,
      ...(delayMs === null ? {} : { nextRetryDelay: delayMs }),
    }),
    wait,
    tries,
  };
}

export function counting(tries: Tries, what: string): Tries {
  return { ...tries, [what]: (tries[what] ?? 0) + 1 };
}
