import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { PLAN_OUTDATED, RECONNECT_REQUIRED, type ReconnectRequired } from '../activation/attention.js';
import { AdvertiserGoneError } from '../connections/advertiser-gone-error.js';
import { ConnectionUnusableError } from '../connections/connection-unusable-error.js';
import { CustomerFileError } from '../customer-file/customer-file-error.js';
import { StorageError } from '../storage/object-store.js';
import { TikTokError } from '../tiktok/errors.js';
import { ActivationFailure } from './activation-failure.js';
import { AudienceBusyError } from './audience-busy-error.js';
import { PlanOutdatedError, WorkerOutdatedError } from './engine-version.js';
import { PartBusyError } from './prepare-part.js';
import { StillUnauthorizedError } from './reconnect.js';
import { UploadBusyError } from './upload-content.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** TikTok tells not which limit was hit; after a few short waits it must be the one that blocks for 5 minutes. */
const RATE_LIMIT_WAITS = [1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND];
const RATE_LIMIT_LONG_WAIT = 5 * MINUTE;

/** TikTok's code for a file whose MD5 is not the one that was sent along. */
const SIGNATURE_MISMATCH = 40900;

const NOT_EDITABLE_WAIT = 30 * SECOND;
const PART_BUSY_WAIT = 2 * SECOND;
const WORKER_OUTDATED_WAIT = 5 * SECOND;

/** Whose turn it is, the database tells; whether TikTok is done costs a call. */
const LONGEST_BUSY_WAIT = { turn: 15 * SECOND, processing: 2 * MINUTE };

/** What an open run can wait for while an activity is tried again. */
export const RETRY_WAITS = ['rate_limit', 'tiktok_unavailable', 'audience_busy', 'storage'] as const;

export interface RetryWait {
  readonly kind: (typeof RETRY_WAITS)[number];
  /** Null: soon, by the retry policy. */
  readonly delayMs: number | null;
}

export interface MappedFailure {
  readonly failure: ApplicationFailure;
  readonly wait: RetryWait | null;
}

/**
 * The one place where an error of any room becomes a failure in Temporal: retried or not, when, and in which words.
 * Errors that are not known here are retried by the activity's policy: they are bugs or outages, and a new release or
 * time mends them.
 *
 * @param attempt of the activity, from 1.
 */
export function toApplicationFailure(error: unknown, attempt: number): MappedFailure {
  if (error instanceof ConnectionUnusableError) {
    const detail: ReconnectRequired = { version: error.version, attention: error.attention };
    return final(RECONNECT_REQUIRED, error, [detail]);
  }
  if (
    error instanceof ActivationFailure ||
    error instanceof CustomerFileError ||
    error instanceof AdvertiserGoneError
  )
    return final(error.code, error);
  if (error instanceof TikTokError) return fromTikTok(error, attempt);
  if (error instanceof StorageError) {
    if (error.code === 'not_found') return final('upload_gone', error);
    return again(`storage_${error.code}`, error, { kind: 'storage', delayMs: null });
  }
  if (error instanceof UploadBusyError) return expected('upload_busy', error, PART_BUSY_WAIT);
  if (error instanceof PartBusyError) return expected('part_busy', error, PART_BUSY_WAIT);
  if (error instanceof AudienceBusyError) return audienceBusy(error, attempt);
  if (error instanceof PlanOutdatedError) return final(PLAN_OUTDATED, error);
  if (error instanceof WorkerOutdatedError) return expected('worker_outdated', error, WORKER_OUTDATED_WAIT);
  if (error instanceof StillUnauthorizedError) return expected('still_unauthorized', error, null);
  return again('unexpected', new Error(unexpectedMessage(error)), null);
}

function fromTikTok(error: TikTokError, attempt: number): MappedFailure {
  switch (error.class) {
    case 'rate_limit': {
      const delayMs = RATE_LIMIT_WAITS[attempt - 1] ?? RATE_LIMIT_LONG_WAIT;
      return again('tiktok_rate_limit', error, { kind: 'rate_limit', delayMs });
    }
    case 'transient':
      return again('tiktok_unavailable', error, { kind: 'tiktok_unavailable', delayMs: null });
    case 'not_editable':
      return again('audience_busy', error, { kind: 'audience_busy', delayMs: NOT_EDITABLE_WAIT });
    case 'file':
      // A transfer that was damaged on its way is repeated once.
      return error.details.code === SIGNATURE_MISMATCH && attempt === 1
        ? again('file_damaged', error, null)
        : final('file_refused', error);
    // A dead authorization reaches this place only from a call that no connection stands behind.
    case 'reauthorize':
    case 'permission':
    case 'invalid':
      return final('tiktok_refused', error);
  }
}

function audienceBusy(error: AudienceBusyError, attempt: number): MappedFailure {
  const delayMs = Math.min(2 * SECOND * 1.5 ** (attempt - 1), LONGEST_BUSY_WAIT[error.reason]);
  return {
    ...expected('audience_busy', error, Math.round(delayMs)),
    wait: { kind: 'audience_busy', delayMs: Math.round(delayMs) },
  };
}

function final(type: string, error: Error, details: unknown[] = []): MappedFailure {
  return {
    failure: ApplicationFailure.create({ type, message: error.message, nonRetryable: true, details }),
    wait: null,
  };
}

function again(type: string, error: Error, wait: RetryWait | null): MappedFailure {
  const delayMs = wait?.delayMs ?? null;
  return {
    failure: ApplicationFailure.create({
      type,
      message: error.message,
      ...(delayMs === null ? {} : { nextRetryDelay: delayMs }),
    }),
    wait,
  };
}

/** Part of the normal course: no warning in the log, no failure in the metrics. */
function expected(type: string, error: Error, delayMs: number | null): MappedFailure {
  return {
    failure: ApplicationFailure.create({
      type,
      message: error.message,
      category: ApplicationFailureCategory.BENIGN,
      ...(delayMs === null ? {} : { nextRetryDelay: delayMs }),
    }),
    wait: null,
  };
}

/**
 * Errors of the system and of the database say what is out of reach and hold no row. The text of any other unknown
 * error could quote a value, so it is left out.
 */
function unexpectedMessage(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.message;
  return `An unexpected ${error instanceof Error ? error.name : 'failure'}. The run tries again; the worker's log has more.`;
}
