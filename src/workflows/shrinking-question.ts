import type { Question } from './approval.js';

/**
 * What to ask before a change after which the audience would be less than half as large; null when it stays larger.
 *
 * @param matched users of the audience as TikTok counts them
 * @param people of the file, as our estimate has it: not more of them can be matched
 */
export function shrinkingQuestion(
  action: 'remove' | 'replace',
  matched: number,
  people: number,
): Question | null {
  const left = action === 'replace' ? people : Math.max(0, matched - people);
  if (left * 2 >= matched) return null;
  const outcome =
    action === 'replace'
      ? `After the replacement it has ${left} at most`
      : `If all of them are in the audience, ${left} are left`;
  return {
    code: 'audience_would_shrink',
    title: 'The audience would be less than half as large',
    detail:
      `The audience has ${matched} matched users, and the file about ${people} different people. ${outcome}, which is ` +
      'less than half. Approve to go on; or reject, and the audience stays as it is.',
  };
}
