import { activityInfo } from '@temporalio/activity';
import type { Attention } from '../activation/attention.js';
import type { Phase } from '../activation/phases.js';
import { recordPhase as record } from '../database/activations.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';

export interface PhaseInput extends ActivationInput {
  readonly phase: Phase;
  readonly attention: Attention | null;
}

/** Writes down where the run stands, for everybody who asks without asking the run. */
export function recordPhase(deps: ActivityDependencies) {
  return async (input: PhaseInput): Promise<void> => {
    const { workflowExecution, activityId } = activityInfo();
    // The activities of a run are numbered in the order in which the workflow asks for them.
    const number = Number(activityId);
    await record(deps.db, input.activationId, {
      phase: input.phase,
      attention: input.attention,
      step:
        workflowExecution === undefined || !Number.isSafeInteger(number)
          ? null
          : { runId: workflowExecution.runId, number },
    });
  };
}
