import { ActivityFailure, ApplicationFailure, type TemporalFailure } from '@temporalio/workflow';
import {
  type FailureRemedy,
  PLAN_OUTDATED,
  RECONNECT_REQUIRED,
  type ReconnectRequired,
  type RunFailure,
} from '../activation/attention.js';
import { RATE_LIMIT_PAUSE, type RateLimitPause } from '../activation/rate-limit-pause.js';

/** What an activity reported when the connection needs a person; null for every other failure. */
export function reconnectRequired(error: unknown): ReconnectRequired | null {
  const failure = applicationFailure(error);
  if (failure?.type !== RECONNECT_REQUIRED) return null;
  const detail: unknown = failure.details?.[0];
  return isReconnectRequired(detail) ? detail : null;
}

/** Whether an activity reported that the run must be planned anew, since the engine has changed. */
export function planOutdated(error: unknown): boolean {
  return applicationFailure(error)?.type === PLAN_OUTDATED;
}

/** How long TikTok's limits allow no call, when that is why an activity failed; null for every other failure. */
export function rateLimitPause(error: unknown): RateLimitPause | null {
  const failure = applicationFailure(error);
  if (failure?.type !== RATE_LIMIT_PAUSE) return null;
  const detail: unknown = failure.details?.[0];
  return isRateLimitPause(detail) ? detail : null;
}

/** The reason to show for a failure that ends the run. */
export function runFailure(error: unknown): RunFailure {
  const failure = applicationFailure(error);
  if (failure !== null) {
    const detail: unknown = failure.details?.[0];
    return {
      code: failure.type ?? 'internal',
      detail: failure.message,
      ...(isRemedy(detail) ? { help: detail.help, requestId: detail.requestId } : {}),
    };
  }
  return {
    code: 'internal',
    detail: 'The run stopped because of an unexpected error; the log of the worker has it.',
  };
}

/** How the run itself fails: with the reason in words, and what Temporal knows of it as the cause. */
export function runFailed({ code, detail }: RunFailure, cause: TemporalFailure): ApplicationFailure {
  if (cause instanceof ApplicationFailure) return cause;
  return ApplicationFailure.create({ type: code, message: detail, nonRetryable: true, cause });
}

function applicationFailure(error: unknown): ApplicationFailure | null {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) return error.cause;
  return null;
}

function isReconnectRequired(detail: unknown): detail is ReconnectRequired {
  return (
    typeof detail === 'object' &&
    detail !== null &&
    'version' in detail &&
    typeof detail.version === 'number' &&
    'attention' in detail
  );
}

function isRateLimitPause(detail: unknown): detail is RateLimitPause {
  return (
    typeof detail === 'object' &&
    detail !== null &&
    'waitMs' in detail &&
    typeof detail.waitMs === 'number' &&
    'until' in detail &&
    typeof detail.until === 'string'
  );
}

function isRemedy(detail: unknown): detail is FailureRemedy {
  return (
    typeof detail === 'object' &&
    detail !== null &&
    'help' in detail &&
    typeof detail.help === 'string' &&
    'requestId' in detail &&
    (detail.requestId === null || typeof detail.requestId === 'string')
  );
}
