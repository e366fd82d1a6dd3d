import { PLAN_OUTDATED, RECONNECT_REQUIRED, type ReconnectRequired } from '../activation/attention.js';
import { AdvertiserGoneError } from '../connections/advertiser-gone-error.js';
import { ConnectionUnusableError } from '../connections/connection-unusable-error.js';
import { CustomerFileError } from '../customer-file/customer-file-error.js';
import { RunIsOverError } from '../database/activations.js';
import { isDatabaseDown } from '../database/database-down.js';
import { diskFailure } from '../storage/file-system-failure.js';
import { StorageError } from '../storage/object-store.js';
import { TikTokError } from '../tiktok/errors.js';
import { ActivationFailure } from './activation-failure.js';
import { AudienceBusyError } from './audience-busy-error.js';
import { PlanOutdatedError, WorkerOutdatedError } from './engine-version.js';
import { again, counting, expected, final, type MappedFailure } from './mapped-failure.js';
import { PartBusyError } from './prepare-part.js';
import { StillUnauthorizedError } from './reconnect.js';
import { fromTikTok } from './tiktok-failure.js';
import type { Tries } from './tries.js';
import { UploadBusyError } from './upload-content.js';

const SECOND = 1_000;
const PART_BUSY_MS = 2 * SECOND;
const WORKER_OUTDATED_MS = 5 * SECOND;
const RUN_IS_OVER_MS = 5 * SECOND;

const DATABASE_DOWN = 'The database does not answer. The run tries again until it does.';

/** Whose turn it is, the database tells; whether TikTok is done costs a call. */
const LONGEST_BUSY_WAIT = { turn: 15 * SECOND, processing: 120 * SECOND };

/**
 * The one place where an error of any room becomes a failure in Temporal: retried or not, when, and in which words.
 * Errors that are not known here are retried for as long as it takes: they are bugs or outages, and a new release or
 * time mends them.
 *
 * @param tries of earlier attempts
 * @param gated whether the workflow itself waits when TikTok's limits allow no call for a while
 */
export function toApplicationFailure(error: unknown, tries: Tries, gated = false): MappedFailure {
  if (error instanceof ConnectionUnusableError) {
    const detail: ReconnectRequired = { version: error.version, attention: error.attention };
    return final(RECONNECT_REQUIRED, error.message, tries, [detail]);
  }
  if (
    error instanceof ActivationFailure ||
    error instanceof CustomerFileError ||
    error instanceof AdvertiserGoneError
  )
    return final(error.code, error.message, tries);
  if (error instanceof TikTokError) return fromTikTok(error, tries, gated);
  // The engine reads and writes files of the store by itself.
  const failed = error instanceof StorageError ? error : diskFailure(error, 'work on a part');
  if (failed !== null) return again(`storage_${failed.code}`, storageMessage(failed), tries, 'storage');
  if (error instanceof UploadBusyError) return expected('upload_busy', error.message, tries, PART_BUSY_MS);
  // Retried all the same: a run that is reset in Temporal is over by the database until the reconciler has seen it.
  if (error instanceof RunIsOverError) return expected('run_is_over', error.message, tries, RUN_IS_OVER_MS);
  if (error instanceof PartBusyError) return expected('part_busy', error.message, tries, PART_BUSY_MS);
  if (error instanceof AudienceBusyError) return audienceBusy(error, tries);
  if (error instanceof PlanOutdatedError) return final(PLAN_OUTDATED, error.message, tries);
  if (error instanceof WorkerOutdatedError)
    return expected('worker_outdated', error.message, tries, WORKER_OUTDATED_MS);
  if (error instanceof StillUnauthorizedError)
    return expected('still_unauthorized', error.message, tries, null);
  if (isDatabaseDown(error)) return again('database_unavailable', DATABASE_DOWN, tries, null);
  return again('unexpected', unexpectedMessage(error), tries, null);
}

/**
 * What an open run asks for is there by the database, which tells of a deletion by itself: a store without it is the
 * wrong one, or an empty folder where a disk should be.
 */
function storageMessage({ code, message }: StorageError): string {
  if (code !== 'not_found') return message;
  return (
    `${message}. By the database it is there: check that STORAGE_URL of this worker is the same folder as that of the ` +
    'API, and that its disk is mounted. The run tries again until it is found.'
  );
}

function audienceBusy(error: AudienceBusyError, tries: Tries): MappedFailure {
  const counted = counting(tries, 'audience_busy');
  const grown = 2 * SECOND * 1.5 ** ((counted['audience_busy'] ?? 1) - 1);
  const delayMs = Math.round(Math.min(grown, LONGEST_BUSY_WAIT[error.reason]));
  const wait = { kind: 'audience_busy', until: new Date(Date.now() + delayMs) } as const;
  return expected('audience_busy', error.message, counted, delayMs, wait);
}

/**
 * Errors of the system and of the database say what is missing and hold no row. The text of any other unknown
 * error could quote a value, so it is left out.
 */
function unexpectedMessage(error: unknown): string {
  if (isOfSystem(error)) return error.message;
  return `An unexpected ${error instanceof Error ? error.name : 'failure'}. The run tries again; the worker's log has more.`;
}

/** By their codes: `EMFILE` of the system, five characters of PostgreSQL. Those of Node and of csv-parse quote values. */
function isOfSystem(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return /^E[A-Z0-9]+$/.test(error.code) || ('severity' in error && /^[0-9A-Z]{5}$/.test(error.code));
}
