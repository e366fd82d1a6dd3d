import type { RunFailure } from '../activation/attention.js';
import type { FinalPhase } from '../activation/phases.js';
import { findActivation, recordEnd } from '../database/activations.js';
import { listDeliveries } from '../database/deliveries.js';
import { findPublication } from '../database/publications.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { endAttention } from './end-attention.js';
import { failureHelp } from './failure-help.js';
import { releaseParts } from './release-parts.js';

export interface EndInput extends ActivationInput {
  readonly outcome: FinalPhase;
  readonly failure: RunFailure | null;
}

/** Gives up what the run holds, deletes staged parts that nobody else uses, and records the end. */
export function endActivation(deps: ActivityDependencies) {
  return async (input: EndInput): Promise<void> => {
    const { db } = deps;
    const row = await findActivation(db, input.activationId);
    if (row === undefined) throw new Error(`there is no activation ${input.activationId} in the database`);
    if (row.preparation_id !== null) await releaseParts(deps, row.preparation_id, row.id);
    const publication = await findPublication(db, row.id);
    const uploaded = (await listDeliveries(db, row.id)).length;
    await recordEnd(db, row.id, {
      phase: input.outcome,
      failure: input.failure === null ? null : { ...input.failure, help: failureHelp(input.failure.code) },
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
