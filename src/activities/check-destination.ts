import { CALCULATE_TYPES, type CalculateType } from '../customer-file/output-layout.js';
import type { AudienceDetails, TikTokClient } from '../tiktok/client.js';
import { ActivationFailure } from './activation-failure.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { type LoadedActivation, loadActivation } from './loaded-activation.js';

/** Custom audiences that an advertiser may have (TikTok's guide to `dmp/custom_audience/create/`). */
const AUDIENCES_ALLOWED = 400;

const CUSTOMER_FILE = 'Customer File Audience';

export interface Destination {
  /** Of the audience to change; null when a new one is created. */
  readonly calculateType: CalculateType | null;
}

/** Finds out, before anything is prepared or uploaded, whether TikTok can do what was asked for. */
export function checkDestination(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<Destination> => {
    const activation = await loadActivation(deps.db, input.activationId);
    return heartbeating((signal) =>
      deps.access.withAccess(activation, async ({ tiktok, token }) => {
        const { audienceId } = activation.request.audience;
        if (audienceId === undefined) return checkRoom(tiktok, activation, token, signal);
        const found = await tiktok.getAudiences(token, activation.advertiserId, [audienceId], signal);
        return checkAudience(activation, audienceId, found[0]);
      }),
    );
  };
}

async function checkRoom(
  tiktok: TikTokClient,
  activation: LoadedActivation,
  token: string,
  signal: AbortSignal,
): Promise<Destination> {
  const { total } = await tiktok.listAudiences(token, activation.advertiserId, 1, signal);
  if (total >= AUDIENCES_ALLOWED) {
    throw new ActivationFailure(
      'audience_limit_reached',
      `The advertiser ${activation.advertiserId} has ${total} audiences; TikTok allows ${AUDIENCES_ALLOWED}.`,
    );
  }
  return { calculateType: null };
}

function checkAudience(
  activation: LoadedActivation,
  audienceId: string,
  audience: AudienceDetails | undefined,
): Destination {
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
  const { action, confirmCurrentSize } = activation.request.audience;
  if (action === 'replace' && confirmCurrentSize !== audience.coverNum) {
    throw new ActivationFailure(
      'audience_size_changed',
      `The audience ${audienceId} has ${audience.coverNum} matched users now; the replacement was confirmed for ${confirmCurrentSize ?? 'none'}.`,
    );
  }
  return { calculateType };
}
