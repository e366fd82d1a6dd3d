import { Context } from '@temporalio/activity';
import { takeTurn } from '../database/audience-turns.js';
import { readDatabaseTime } from '../database/clock.js';
import { advertiserTimeZone } from '../database/connections.js';
import { findPublication, isAsked } from '../database/publications.js';
import { ActivationFailure } from './activation-failure.js';
import { AudienceBusyError } from './audience-busy-error.js';
import { checkChangeable, isBeingProcessed, requireConfirmedSize } from './changeable-audience.js';
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
    const publication = await findPublication(deps.db, id);
    if (publication?.published_at != null) return;
    const [audience] = await heartbeating((signal) =>
      deps.access.withAccess(activation, ({ tiktok, token }) =>
        tiktok.getAudiences(token, advertiserId, [audienceId], signal),
      ),
    );
    const timeZone = await advertiserTimeZone(deps.db, activation);
    const now = await readDatabaseTime(deps.db);
    if (isAsked(publication)) {
      // What became of that, the publication finds out: the audience may be as this run has made it.
      if (audience === undefined || !isBeingProcessed(audience, timeZone, now)) return;
    } else {
      const changeable = checkChangeable(activation, audienceId, audience, timeZone, now);
      requireConfirmedSize(activation, audienceId, changeable);
      if (changeable.editable) return;
    }
    // Not what the run waited in its turn for a person or TikTok's limits: nobody has looked then.
    const lookingMs = now.getTime() - Context.current().info.scheduledTimestampMs;
    if (Math.min(turn.waitedMs, lookingMs) >= LONGEST_WAIT_MS) {
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
