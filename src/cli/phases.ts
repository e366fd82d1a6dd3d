import type { Activation } from '../api/schemas/activation.js';

export type Phase = Activation['phase'];

/** What the run is doing, in the words of a marketer. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  queued: 'Queued',
  inspecting: 'Inspecting',
  splitting: 'Splitting',
  delivering: 'Delivering',
  publishing: 'Publishing',
  matching: 'Matching',
  reporting: 'Reporting',
  waiting_for_reconnect: 'Waits for a new sign-in',
  waiting_for_approval: 'Waits for approval',
  paused: 'Paused',
  completed: 'Completed',
  failed: 'Failed',
  canceled: 'Canceled',
};

export function isOver(phase: Phase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'canceled';
}

/** The run stands still until a person does something. */
export function waitsForPerson(phase: Phase): boolean {
  return phase === 'waiting_for_reconnect' || phase === 'waiting_for_approval' || phase === 'paused';
}
