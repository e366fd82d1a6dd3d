import { deleteOthers } from './creation.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';

/**
 * Deletes what still carries the one-time name of an activation beside its audience: audiences of requests whose
 * answers were missed, and that TikTok shows only later. Returns how many there were.
 */
export function sweepExtras(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<number> => {
    const activation = await loadActivation(deps.db, input.activationId);
    return heartbeating((signal) =>
      deps.access.withAccess(activation, ({ tiktok, token }) =>
        deleteOthers({ deps, tiktok, activation, token, signal }),
      ),
    );
  };
}
