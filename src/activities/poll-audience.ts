import { audienceState, tiktokWords } from '../activation/audience-state.js';
import { recordWaiting } from '../database/activation-waits.js';
import { recordAudience } from '../database/activations.js';
import { readDatabaseTime } from '../database/clock.js';
import { advertiserTimeZone } from '../database/connections.js';
import { findPublication } from '../database/publications.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';
import { nameAudience } from './name-audience.js';

export interface PollInput extends ActivationInput {
  /** Since the publication. */
  readonly elapsedMs: number;
  readonly nextLookInMs: number;
}

/**
 * Looks at the audience once, and gives it its name if TikTok refused that before. `settled`: TikTok has finished with
 * it, well or badly.
 */
export function pollAudience(deps: ActivityDependencies) {
  return async (input: PollInput): Promise<{ settled: boolean }> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const publication = await findPublication(deps.db, activation.id);
    const audienceId = publication?.audience_id;
    if (audienceId === undefined || audienceId === null) throw new Error('nothing is published yet');
    const [audience] = await heartbeating((signal) =>
      deps.access.withAccess(activation, async ({ tiktok, token }) => {
        const found = await tiktok.getAudiences(token, activation.advertiserId, [audienceId], signal);
        if (found.length > 0) {
          await nameAudience({ deps, tiktok, activation, token, signal }, 'unless_refused');
        }
        return found;
      }),
    );
    const { state, matched } = audienceState(
      audience,
      {
        action: activation.request.audience.action,
        elapsedMs: input.elapsedMs,
        historyBefore: publication?.history_before ?? null,
      },
      await advertiserTimeZone(deps.db, activation),
      await readDatabaseTime(deps.db),
    );
    const words = tiktokWords(audience, publication?.warning ?? null);
    await recordAudience(deps.db, activation.id, { id: audienceId, state, matched, words });
    if (state !== 'processing') return { settled: true };
    await recordWaiting(deps.db, activation.id, {
      kind: 'matching',
      until: new Date(Date.now() + input.nextLookInMs),
    });
    return { settled: false };
  };
}
