import type { AudienceState } from '../activation/audience-states.js';
import type { AudienceDetails } from '../tiktok/client.js';

/** TikTok's guides say that matching takes up to 48 hours. */
const PROCESSING_MS = 48 * 3_600_000;

/** Matched users below which TikTok makes an audience unusable. */
const SMALLEST_USABLE = 1_000;

/**
 * TikTok has no field for the state of an audience; it is derived. `is_valid` is true only when an audience is
 * processed, large enough and not expired; `error_msg` is about a failed creation or change. A change that failed
 * leaves the audience as it was, valid and with the message; the message of an earlier failure stands until a change
 * succeeds, so it says nothing while a change is being processed.
 *
 * @param operation the last one on the audience, and how long ago it was published.
 */
export function audienceState(
  audience: AudienceDetails | undefined,
  operation: { readonly action: 'create' | 'append' | 'remove' | 'replace'; readonly elapsedMs: number },
): { state: AudienceState; matched: number | null } {
  if (audience === undefined) return { state: 'gone', matched: null };
  const { coverNum: matched, errorMessage } = audience;
  if (audience.isValid) {
    if (errorMessage !== null && operation.action !== 'create') return { state: 'failed', matched };
    return { state: audience.isExpiring ? 'expiring' : 'ready', matched };
  }
  if (errorMessage !== null && operation.action === 'create') {
    return { state: isAboutSize(errorMessage) ? 'too_small' : 'failed', matched };
  }
  if (operation.elapsedMs < PROCESSING_MS) return { state: 'processing', matched };
  return { state: matched < SMALLEST_USABLE ? 'too_small' : 'failed', matched };
}

/** TikTok's texts are undocumented; one about size speaks of the minimum of 1,000, or of too small an audience. */
function isAboutSize(errorMessage: string): boolean {
  return /\bsize\b|too small|1,?000/i.test(errorMessage);
}
