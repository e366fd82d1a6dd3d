import { findPublication } from '../database/publications.js';
import { lookForCreated } from './creation.js';
import { deleteExtras } from './delete-extras.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';
import type { Publishing } from './publishing.js';

/**
 * Deletes what still carries the one-time name of an activation beside its audience: audiences of requests whose
 * answers were missed, and that TikTok shows only later. Returns how many there were.
 */
export function sweepExtras(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<number> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const kept = (await findPublication(deps.db, activation.id))?.audience_id;
    // Without an audience of its own, what carries the name may yet be taken for it.
    if (kept === undefined || kept === null) return 0;
    return heartbeating((signal) =>
      deps.access.withAccess(activation, async ({ tiktok, token }) => {
        const publishing: Publishing = { deps, tiktok, activation, token, signal };
        const found = await lookForCreated(publishing);
        if (found.kind !== 'ours') return 0;
        const extras = [found.audienceId, ...found.extras].filter((audienceId) => audienceId !== kept);
        await deleteExtras(publishing, extras);
        return extras.length;
      }),
    );
  };
}
