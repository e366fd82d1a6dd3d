import { takeTurn } from '../database/audience-turns.js';
import { readDatabaseTime } from '../database/clock.js';
import { advertiserTimeZone } from '../database/connections.js';
import { ActivationFailure } from './activation-failure.js';
import { AudienceBusyError } from './audience-busy-error.js';
import { checkChangeable } from './changeable-audience.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';

/** TikTok's guides say that processing takes up to 48 hours; a day more, and nobody waits in vain. */
const LONGEST_WAIT_MS = 72 * 3_600_000;

/**
 * Succeeds when it is the run's turn to change the audience and TikTok lets it be changed; fails with
 * `AudienceBusyError` until then. Its retries are the clock.
 */
export function awaitTurn(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<void> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const { audienceId } = activation.request.audience;
    if (audienceId === undefined) return;
    const { id, advertiserId } = activation;
    const turn = await takeTurn(deps.db, { activationId: id, advertiserId, audienceId });
    if (turn.kind === 'busy') {
      throw new AudienceBusyError(
        'turn',
        `The audience ${audienceId} is changed by one run at a time; ${turn.activationId ?? 'another'} comes first.`,
      );
    }
    const [audience] = await heartbeating((signal) =>
      deps.access.withAccess(activation, ({ tiktok, token }) =>
        tiktok.getAudiences(token, advertiserId, [audienceId], signal),
      ),
    );
    const timeZone = await advertiserTimeZone(deps.db, activation);
    const now = await readDatabaseTime(deps.db);
    if (checkChangeable(activation, audienceId, audience, timeZone, now).editable) return;
    if (turn.waitedMs >= LONGEST_WAIT_MS) {
      throw new ActivationFailure(
        'audience_not_editable',
        `TikTok has not let the audience ${audienceId} be changed for three days.`,
      );
    }
    throw new AudienceBusyError(
      'processing',
      `TikTok is still processing an earlier change of the audience ${audienceId}.`,
    );
  };
}
