import { recordAudience, recordWaiting } from '../database/activations.js';
import { findPublication } from '../database/publications.js';
import { audienceState } from './audience-state.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';

export interface PollInput extends ActivationInput {
  /** Since the publication. */
  readonly elapsedMs: number;
  readonly nextLookInMs: number;
}

/** Looks at the audience once. `settled`: TikTok has finished with it, well or badly. */
export function pollAudience(deps: ActivityDependencies) {
  return async (input: PollInput): Promise<{ settled: boolean }> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const audienceId = (await findPublication(deps.db, activation.id))?.audience_id;
    if (audienceId === undefined || audienceId === null) throw new Error('nothing is published yet');
    const found = await heartbeating((signal) =>
      deps.access.withAccess(activation, ({ tiktok, token }) =>
        tiktok.getAudiences(token, activation.advertiserId, [audienceId], signal),
      ),
    );
    const { state, matched } = audienceState(found[0], {
      action: activation.request.audience.action,
      elapsedMs: input.elapsedMs,
    });
    await recordAudience(deps.db, activation.id, { id: audienceId, state, matched });
    if (state !== 'processing') return { settled: true };
    await recordWaiting(deps.db, activation.id, {
      kind: 'matching',
      until: new Date(Date.now() + input.nextLookInMs),
    });
    return { settled: false };
  };
}
