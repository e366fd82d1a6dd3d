import type { Question } from './approval.js';

/** "All three operations fail if the audience would be under 1000 after the operation" (TikTok's guide to `update`). */
const SMALLEST_USABLE = 1_000;

/**
 * What to ask before anything of a removal is uploaded; null when enough people are left for certain, and when the
 * audience is smaller than TikTok's minimum already, so that the minimum cannot be what TikTok goes by.
 *
 * @param matched users of the audience; @param rows of the file, each of which removes one user at most.
 */
export function removalQuestion(matched: number, rows: number): Question | null {
  if (matched < SMALLEST_USABLE || matched - rows >= SMALLEST_USABLE) return null;
  return {
    code: 'audience_may_become_too_small',
    title: 'The audience may become too small',
    detail:
      `The audience has ${matched} matched users and the file ${rows} rows. If fewer than 1,000 users would be left, ` +
      'TikTok refuses the whole removal and the audience stays as it is. Approve to try it; or reject, delete the audience ' +
      'in TikTok Ads Manager, and create a new one without these people.',
  };
}
