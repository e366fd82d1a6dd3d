import { HISTORY_ACTIONS } from './invented.js';
import { pendingOperation } from './processing.js';
import type { Audience, Operation } from './state.js';
import { apiTime } from './times.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** "is_expiring: less than 60 days left." */
const EXPIRING_MS = 60 * DAY_MS;
/** What a fresh audience without retention shows as its end. */
const NO_EXPIRY = Date.UTC(2038, 0, 1);
const TYPE = 'Customer File Audience';

/**
 * - `processing`: an operation is accepted and not processed yet
 * - `ready`: usable; also after a change that failed and left the content as it was
 * - `too_small`: created with fewer matched people than the minimum
 * - `failed`: could not be created, since its files are of another type
 * - `expired`: the retention that was asked for is over
 */
export type AudienceState = 'processing' | 'ready' | 'too_small' | 'failed' | 'expired';

function expiresAt(audience: Audience): number {
  return audience.retentionInDays === null
    ? NO_EXPIRY
    : audience.createdAt + audience.retentionInDays * DAY_MS;
}

export function audienceState(audience: Audience, now: number): AudienceState {
  if (now >= expiresAt(audience)) return 'expired';
  if (pendingOperation(audience) !== undefined) return 'processing';
  if (audience.usable) return 'ready';
  return audience.operations[0]?.state === 'failed' ? 'failed' : 'too_small';
}

/** What `list` and `get` both show. `is_valid` is "true only when processed and not expired". */
function shared(audience: Audience, now: number, timeZone: string) {
  const state = audienceState(audience, now);
  return {
    audience_id: audience.audienceId,
    name: audience.name,
    calculate_type: audience.calculateType,
    cover_num: audience.usable && state !== 'expired' ? audience.matched : 0,
    is_valid: state === 'ready',
    is_expiring: expiresAt(audience) - now < EXPIRING_MS,
    expired_time: apiTime(expiresAt(audience), timeZone),
    create_time: apiTime(audience.createdAt, timeZone),
    is_creator: true,
    shared: false,
  };
}

/** An item of `dmp/custom_audience/list/`: times in UTC. */
export function audienceSummary(audience: Audience, now: number) {
  return { ...shared(audience, now, 'UTC'), audience_type: TYPE };
}

/** `audience_details` of `dmp/custom_audience/get/`: times in the advertiser's zone. */
export function audienceDetails(audience: Audience, now: number, timeZone: string) {
  return {
    ...shared(audience, now, timeZone),
    type: TYPE,
    audience_sub_type: audience.subType,
    msg: null,
    error_msg: audience.errorMessage,
    owner_id: audience.advertiserId,
    is_auto_refresh: false,
    rule: JSON.stringify({ inclusions: null, exclusions: null }),
    lookalike_spec: null,
    audience_enhancement: audience.enhancement,
    enhancement_status: audience.enhancement ? 'ON' : 'OFF',
  };
}

/** `audience_history`, newest first. A change stands in it from the moment it was accepted. */
export function audienceHistory(audience: Audience, timeZone: string, size: number) {
  const entry = (action: string, detail: string, msg: string | null) => ({
    action,
    action_detail: detail,
    editor: 'open_api',
    msg,
  });
  const operations = audience.operations.map((operation) => ({
    at: operation.acceptedAt,
    entry: entry(HISTORY_ACTIONS[operation.action], operation.matched?.toString() ?? '', operation.message),
  }));
  const renames = audience.renamedAt.map((at) => ({ at, entry: entry(HISTORY_ACTIONS.RENAME, '', null) }));
  return [...operations, ...renames]
    .sort((one, other) => other.at - one.at)
    .slice(0, size)
    .map(({ at, entry }) => ({ ...entry, opt_time: apiTime(at, timeZone) }));
}

function countsForContent(operation: Operation): boolean {
  return operation.state !== 'failed';
}

/**
 * An item of `GET /_sandbox/audiences`. `file_paths`: of all operations in their order, those that failed left out, one
 * still being processed included, those before a REPLACE included. `members` and `matched`: distinct identifiers and
 * known people of the content as last processed, also when it is too small.
 */
export function audienceInside(audience: Audience, now: number) {
  return {
    audience_id: audience.audienceId,
    name: audience.name,
    advertiser_id: audience.advertiserId,
    calculate_type: audience.calculateType,
    state: audienceState(audience, now),
    file_paths: audience.operations.filter(countsForContent).flatMap((operation) => operation.filePaths),
    members: audience.members,
    matched: audience.matched,
    error_msg: audience.errorMessage,
    operations: audience.operations.map(({ action, filePaths, state }) => ({
      action,
      file_paths: filePaths,
      state,
    })),
  };
}
