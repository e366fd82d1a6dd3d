import { hasExpired } from '../activation/audience-expiry.js';
import { CALCULATE_TYPES, type CalculateType } from '../customer-file/output-layout.js';
import type { AudienceDetails } from '../tiktok/client.js';
import { ActivationFailure } from './activation-failure.js';
import type { LoadedActivation } from './loaded-activation.js';

const CUSTOMER_FILE = 'Customer File Audience';

export interface ChangeableAudience {
  readonly calculateType: CalculateType;
  /** Matched users. */
  readonly matched: number;
  /** False while TikTok processes an earlier change. */
  readonly editable: boolean;
}

/**
 * The audience to change, when it can be changed, now or once TikTok has processed what came before. Throws
 * `ActivationFailure` when it never can.
 *
 * @param timeZone of the advertiser, null when it is not known. @param now by the database's clock.
 */
export function checkChangeable(
  activation: LoadedActivation,
  audienceId: string,
  audience: AudienceDetails | undefined,
  timeZone: string | null,
  now: Date,
): ChangeableAudience {
  const where = `in the advertiser account ${activation.advertiserId}`;
  if (audience === undefined) {
    throw new ActivationFailure('audience_not_found', `TikTok knows no audience ${audienceId} ${where}.`);
  }
  const calculateType = CALCULATE_TYPES.find((type) => type === audience.calculateType);
  if (audience.type !== CUSTOMER_FILE || calculateType === undefined) {
    throw new ActivationFailure(
      'audience_not_a_customer_file',
      `The audience ${audienceId} is of another kind than “${CUSTOMER_FILE}”, or of a type that this release does not know.`,
    );
  }
  if (!audience.isCreator) {
    throw new ActivationFailure(
      'audience_not_owned',
      `The audience ${audienceId} is shared with this advertiser, not made by it.`,
    );
  }
  refuseUneditable(audienceId, audience, timeZone, now);
  return { calculateType, matched: audience.coverNum, editable: audience.isValid };
}

/**
 * Throws `ActivationFailure` when a replacement was confirmed for another size than the audience has. Not to be asked once
 * TikTok was asked to replace it: the size may be that of then.
 */
export function requireConfirmedSize(
  { request }: LoadedActivation,
  audienceId: string,
  { matched }: Pick<ChangeableAudience, 'matched'>,
): void {
  const { action, confirmCurrentSize } = request.audience;
  if (action !== 'replace' || confirmCurrentSize === matched) return;
  throw new ActivationFailure(
    'audience_size_changed',
    `The audience ${audienceId} has ${matched} matched users now; the replacement was confirmed for ${confirmCurrentSize ?? 'none'}. Nothing was replaced.`,
  );
}

/** Whether TikTok is at work on the audience, so that it will be valid again. */
export function isBeingProcessed(audience: AudienceDetails, timeZone: string | null, now: Date): boolean {
  return !audience.isValid && !hasExpired(audience.expiredTime, timeZone, now) && !hasEndedEmpty(audience);
}

function hasEndedEmpty({ errorMessage, coverNum }: AudienceDetails): boolean {
  return errorMessage !== null && coverNum === 0;
}

/**
 * TikTok changes only valid audiences. One that is not valid is being processed, unless it has expired or has ended
 * empty with an error. (With people in it, the error may be of an earlier change than the one being processed.)
 */
function refuseUneditable(
  audienceId: string,
  audience: AudienceDetails,
  timeZone: string | null,
  now: Date,
): void {
  if (audience.isValid) return;
  if (hasExpired(audience.expiredTime, timeZone, now)) {
    throw new ActivationFailure(
      'audience_expired',
      `The audience ${audienceId} has expired; TikTok lets it only be deleted.`,
    );
  }
  if (hasEndedEmpty(audience)) {
    throw new ActivationFailure(
      'audience_not_editable',
      `The audience ${audienceId} ended empty, and TikTok changes no such audience. TikTok says: “${audience.errorMessage}”`,
    );
  }
}
