/** Where a run stands; the same words in the API, the console and the search attribute `ActivationPhase`. */
export const WORKING_PHASES = [
  'queued',
  'inspecting',
  'splitting',
  'delivering',
  'publishing',
  'matching',
  'reporting',
] as const;

export const HELD_PHASES = ['waiting_for_reconnect', 'waiting_for_approval', 'paused'] as const;

export const FINAL_PHASES = ['completed', 'failed', 'canceled'] as const;

export const PHASES = [...WORKING_PHASES, ...HELD_PHASES, ...FINAL_PHASES] as const;

export type Phase = (typeof PHASES)[number];
export type FinalPhase = (typeof FINAL_PHASES)[number];

export function isFinal(phase: Phase): phase is FinalPhase {
  return (FINAL_PHASES as readonly Phase[]).includes(phase);
}
