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
    await record(deps.db, input.activationId, { phase: input.phase, attention: input.attention });
  };
}
