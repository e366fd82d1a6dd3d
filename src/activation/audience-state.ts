import { SMALLEST_AUDIENCE } from '../customer-file/few-people.js';
import type { AudienceDetails } from '../tiktok/client.js';
import { hasExpired } from './audience-expiry.js';
import { addedEntries } from './audience-history.js';
import type { AudienceState } from './audience-states.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** TikTok's guides say that matching takes up to 48 hours. */
const PROCESSING_MS = 48 * HOUR_MS;

/** A TikTok that says nothing for this long has failed; between the two an audience is looked at daily. */
const SILENT_MS = 7 * 24 * HOUR_MS;

/**
 * For this long a change may not show yet: an audience without a sign of it is still as it was before, and a new one
 * may not be listed at all.
 */
const UNSEEN_MS = 10 * MINUTE_MS;

/** For this long an audience that was there before its change may be missing. */
const UNLISTED_MS = 20_000;

export interface LastOperation {
  readonly action: 'create' | 'append' | 'remove' | 'replace';
  /** Since it was published. */
  readonly elapsedMs: number;
  /** The audience's history before it; null when that is not known. */
  readonly historyBefore: readonly string[] | null;
}

/**
 * TikTok has no field for the state of an audience; it is derived. `is_valid` is true only when an audience is
 * processed, large enough and not expired; `error_msg` is about a failed creation or change. A change that failed
 * leaves the audience as it was, valid and with the message; the message of an earlier failure stands until a change
 * succeeds, so it says nothing while a change is being processed. Without a word of TikTok an audience is called too
 * small only when all the time that matching may take is over.
 *
 * @param timeZone of the advertiser, null when it is not known.
 */
export function audienceState(
  audience: AudienceDetails | undefined,
  operation: LastOperation,
  timeZone: string | null,
  now: Date,
): { state: AudienceState; matched: number | null } {
  if (audience === undefined) {
    const missingMs = operation.action === 'create' ? UNSEEN_MS : UNLISTED_MS;
    return { state: operation.elapsedMs < missingMs ? 'processing' : 'gone', matched: null };
  }
  const { coverNum: matched, errorMessage } = audience;
  if (audience.isValid) {
    if (!isSeen(audience, operation)) return { state: 'processing', matched };
    if (errorMessage !== null && operation.action !== 'create') return { state: 'failed', matched };
    return { state: audience.isExpiring ? 'expiring' : 'ready', matched };
  }
  if (hasExpired(audience.expiredTime, timeZone, now)) return { state: 'expired', matched };
  if (errorMessage !== null && operation.action === 'create') {
    return { state: isAboutSize(errorMessage) ? 'too_small' : 'failed', matched };
  }
  if (operation.elapsedMs < PROCESSING_MS) return { state: 'processing', matched };
  if (matched < SMALLEST_AUDIENCE) return { state: 'too_small', matched };
  return { state: operation.elapsedMs < SILENT_MS ? 'processing' : 'failed', matched };
}

/**
 * What TikTok says of an audience, in its own words.
 *
 * @param warning with which it took the request that created or changed it.
 */
export function tiktokWords(audience: AudienceDetails | undefined, warning: string | null): string | null {
  const said =
    audience === undefined
      ? []
      : [audience.errorMessage, audience.message, audience.history[0]?.message ?? null];
  const words = [...said, warning].filter((text) => text !== null && text.trim() !== '');
  return words.length === 0 ? null : [...new Set(words)].join(' · ').slice(0, LONGEST_WORDS);
}

/** More than TikTok's texts have; the database and a person's screen are not for essays. */
const LONGEST_WORDS = 500;

function isSeen(audience: AudienceDetails, { elapsedMs, historyBefore }: LastOperation): boolean {
  if (historyBefore === null || elapsedMs >= UNSEEN_MS) return true;
  return addedEntries(historyBefore, audience.history).length > 0;
}

/** TikTok's texts are undocumented; one about size speaks of the minimum of 1,000, or of too small an audience. */
function isAboutSize(errorMessage: string): boolean {
  return /\bsize\b|too small|1,?000/i.test(errorMessage);
}
