import type { AudienceState } from '../activation/audience-states.js';
import type { AudienceDetails } from '../tiktok/client.js';

/** TikTok's guides say that matching takes up to 48 hours. */
const PROCESSING_MS = 48 * 3_600_000;

/** Matched users below which TikTok makes an audience unusable. */
const SMALLEST_USABLE = 1_000;

/**
 * TikTok has no field for the state of an audience; it is derived. `is_valid` is true only when an audience is
 * processed, large enough and not expired; `error_msg` is about a failed creation or change.
 *
 * @param elapsedMs since the last file operation was published.
 */
export function audienceState(
  audience: AudienceDetails | undefined,
  elapsedMs: number,
): { state: AudienceState; matched: number | null } {
  if (audience === undefined) return { state: 'gone', matched: null };
  const matched = audience.coverNum;
  if (audience.isValid) return { state: audience.isExpiring ? 'expiring' : 'ready', matched };
  if (audience.errorMessage !== null) {
    return {
      state: matched < SMALLEST_USABLE && isAboutSize(audience.errorMessage) ? 'too_small' : 'failed',
      matched,
    };
  }
  if (elapsedMs < PROCESSING_MS) return { state: 'processing', matched };
  return { state: matched < SMALLEST_USABLE ? 'too_small' : 'failed', matched };
}

/** TikTok's text about size is undocumented; it is known to speak of the minimum of 1,000 or of a small audience. */
function isAboutSize(errorMessage: string): boolean {
  return /1,?000|too small|minimum|insufficient/i.test(errorMessage);
}
