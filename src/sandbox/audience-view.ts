import { audienceState, isExpiring, shownEnd } from './audience-state.js';
import { HISTORY_ACTIONS } from './invented.js';
import type { Audience, Operation } from './state-schema.js';
import { apiTime } from './times.js';

/** Who looks, and when. */
interface Look {
  readonly now: number;
  readonly advertiserId: string;
}

/** What `list` and `get` both show. `is_valid` is "true only when processed and not expired". */
function common(audience: Audience, { now, advertiserId }: Look, timeZone: string) {
  const state = audienceState(audience, now);
  return {
    audience_id: audience.audienceId,
    name: audience.name,
    calculate_type: audience.calculateType,
    cover_num: audience.usable && state !== 'expired' ? audience.matched : 0,
    is_valid: state === 'ready',
    is_expiring: isExpiring(audience, now),
    expired_time: apiTime(shownEnd(audience), timeZone),
    create_time: apiTime(audience.createdAt, timeZone),
    is_creator: audience.advertiserId === advertiserId,
    shared: audience.sharedWith.length > 0,
  };
}

/** An item of `dmp/custom_audience/list/`: times in UTC. */
export function audienceSummary(audience: Audience, look: Look) {
  return { ...common(audience, look, 'UTC'), audience_type: audience.type };
}

/** `audience_details` of `dmp/custom_audience/get/`: times in the advertiser's zone. */
export function audienceDetails(audience: Audience, look: Look & { readonly timezone: string }) {
  return {
    ...common(audience, look, look.timezone),
    type: audience.type,
    audience_sub_type: audience.subType,
    msg: null,
    error_msg: audience.errorMessage,
    owner_id: audience.advertiserId,
    is_auto_refresh: false,
    rule: JSON.stringify({ inclusions: null, exclusions: null }),
    lookalike_spec: audience.lookalikeSpec,
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
    type: audience.type,
    calculate_type: audience.calculateType,
    state: audienceState(audience, now),
    file_paths: audience.operations.filter(countsForContent).flatMap((operation) => operation.filePaths),
    members: audience.members,
    matched: audience.matched,
    error_msg: audience.errorMessage,
    expires_at: new Date(shownEnd(audience)).toISOString(),
    shared_with: audience.sharedWith,
    used_by: audience.usedBy.map(({ adgroupId }) => adgroupId),
    operations: audience.operations.map(({ action, filePaths, state, message }) => ({
      action,
      file_paths: filePaths,
      state,
      message,
    })),
  };
}
