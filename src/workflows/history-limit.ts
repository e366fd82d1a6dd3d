import { condition, patched, workflowInfo } from '@temporalio/workflow';
import type { ActivateAudienceInput } from './messages.js';

/** Thrown where nothing is half done, when the history has grown long: the run continues as a new one. */
export class HistoryLong extends Error {
  override readonly name = 'HistoryLong';
}

export function historyLong(input: ActivateAudienceInput): boolean {
  return workflowInfo().historyLength >= input.continueAfterEvents;
}

/** Since then, runs continue as new also while they wait (docs/changing-workflows.md tells when this may go). */
const CONTINUE_WHILE_WAITING = 'continue-while-waiting';

/**
 * Waits until `come` is true, or until the time is over, and tells which. Signals make a history long also while nothing
 * happens: then it throws `HistoryLong`.
 */
export async function waitFor(
  input: ActivateAudienceInput,
  come: () => boolean,
  limit?: { readonly ms: number; readonly summary: string },
): Promise<boolean> {
  const ended = patched(CONTINUE_WHILE_WAITING) ? () => come() || historyLong(input) : come;
  if (limit === undefined) await condition(ended);
  else if (!(await condition(ended, Math.max(1, limit.ms), { summary: limit.summary }))) return false;
  if (come()) return true;
  throw new HistoryLong();
}

/** One wait for all lanes together. One that has ended because the history is long remains so for those who come later. */
export class SharedWait {
  #current: Promise<void> | null = null;

  /** Begins to wait, unless that is under way. */
  begin(wait: () => Promise<void>): void {
    if (this.#current !== null) return;
    const current = wait().then(
      () => {
        this.#current = null;
      },
      (error: unknown) => {
        if (!(error instanceof HistoryLong)) this.#current = null;
        throw error;
      },
    );
    // Whoever is concerned asks `over`; a rejection that nobody handles would stop the run.
    current.catch(() => undefined);
    this.#current = current;
  }

  /** Resolves when nothing is waited for; rejects with the reason why a wait has failed. */
  async over(): Promise<void> {
    while (this.#current !== null) await this.#current;
  }
}
