import type { CalculateType } from '../customer-file/output-layout.js';
import { readDatabaseTime } from '../database/clock.js';
import { advertiserTimeZone } from '../database/connections.js';
import { findPublication, isAsked } from '../database/publications.js';
import type { TikTokClient } from '../tiktok/client.js';
import { ActivationFailure } from './activation-failure.js';
import { checkChangeable, requireConfirmedSize } from './changeable-audience.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { type LoadedActivation, loadActivation } from './loaded-activation.js';

/** Custom audiences that an advertiser may have (TikTok's guide to `dmp/custom_audience/create/`). */
const AUDIENCES_ALLOWED = 400;

export interface Destination {
  /** Of the audience to change; null when a new one is created. */
  readonly calculateType: CalculateType | null;
  /** Its matched users; null when a new one is created, or it may have been changed by this run. */
  readonly matched: number | null;
}

/**
 * Finds out, before anything is prepared or uploaded, whether TikTok can do what was asked for. A run that was reset may
 * come here when TikTok has done it already.
 */
export function checkDestination(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<Destination> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const asked = isAsked(await findPublication(deps.db, activation.id));
    return heartbeating((signal) =>
      deps.access.withAccess(activation, async ({ tiktok, token }) => {
        const { audienceId } = activation.request.audience;
        if (audienceId === undefined) {
          return asked
            ? { calculateType: null, matched: null }
            : checkRoom(tiktok, activation, token, signal);
        }
        const found = await tiktok.getAudiences(token, activation.advertiserId, [audienceId], signal);
        const changeable = checkChangeable(
          activation,
          audienceId,
          found[0],
          await advertiserTimeZone(deps.db, activation),
          await readDatabaseTime(deps.db),
        );
        if (asked) return { calculateType: changeable.calculateType, matched: null };
        requireConfirmedSize(activation, audienceId, changeable);
        return { calculateType: changeable.calculateType, matched: changeable.matched };
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
  return { calculateType: null, matched: null };
}
