import type { Activation } from '../schemas/activation.js';

/** The formula, as it is shown with the figure. */
const FORMULA =
  'matched users ÷ different people sent; an estimate: TikTok tells no rate, and a person with two identifiers can count twice';

/**
 * How many of the people who were sent TikTok found; null where that cannot be said: before TikTok has matched, and for
 * an append or a removal, since TikTok counts the whole audience and not what the change brought. Of an audience below its
 * minimum TikTok shows no size at all: that 0 is not a count.
 *
 * @param peopleSent the estimate of different people in the file.
 */
export function matchRate(
  audience: Pick<Activation['audience'], 'action' | 'state' | 'matched'>,
  peopleSent: number,
): Activation['audience']['matchRate'] {
  const { action, state, matched } = audience;
  const counts = action === 'create' || action === 'replace';
  const known = state === 'ready' || state === 'expiring' || state === 'too_small';
  if (!counts || !known || matched === null || peopleSent === 0) return null;
  if (state === 'too_small' && matched === 0) return null;
  return {
    estimate: Math.round((matched / peopleSent) * 1_000) / 1_000,
    matched,
    peopleSent,
    formula: FORMULA,
  };
}
