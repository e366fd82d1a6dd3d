import type { RunFailure } from '../activation/attention.js';
import { partsPrefix } from '../activation/object-keys.js';
import type { FinalPhase } from '../activation/phases.js';
import { findActivation, recordEnd } from '../database/activations.js';
import { listDeliveries } from '../database/deliveries.js';
import { releaseLeases } from '../database/preparations.js';
import { findPublication } from '../database/publications.js';
import { deleteObjects } from '../storage/delete-objects.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { endAttention } from './end-attention.js';
import { failureHelp } from './failure-help.js';

export interface EndInput extends ActivationInput {
  readonly outcome: FinalPhase;
  readonly failure: RunFailure | null;
}

/** Records the end. A completed run gives up what it holds, and staged parts that nobody else uses are deleted. */
export function endActivation(deps: ActivityDependencies) {
  return async (input: EndInput): Promise<void> => {
    const { db, store } = deps;
    const row = await findActivation(db, input.activationId);
    if (row === undefined) throw new Error(`there is no activation ${input.activationId} in the database`);
    // What a failed or cancelled run has prepared is kept for a retry; the API's sweep deletes it in the end.
    if (input.outcome === 'completed') {
      for (const id of await releaseLeases(db, row.id)) await deleteObjects(store, partsPrefix(id));
    }
    const publication = await findPublication(db, row.id);
    const uploaded = (await listDeliveries(db, row.id)).length;
    await recordEnd(db, row.id, {
      phase: input.outcome,
      failure:
        input.failure === null
          ? null
          : { requestId: null, help: failureHelp(input.failure.code), ...input.failure },
      attention: endAttention({
        outcome: input.outcome,
        audienceState: row.audience_state,
        words: row.audience_words,
        unnamed:
          publication?.one_time_name != null && publication.named_at === null
            ? publication.one_time_name
            : null,
        published: publication?.published_at != null,
        outcomeUnknown: publication?.send_before != null,
        uploaded,
      }),
    });
  };
}
