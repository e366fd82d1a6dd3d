import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { Attention } from '../activation/attention.js';
import { dayAndTime } from '../activation/points-in-time.js';
import type { ActivateAudienceInput } from './messages.js';
import type { RunStatus } from './run-status.js';

/** Asks a person whether the run shall go on, and waits for the signal `approve` or `reject`. */
export class Approval {
  readonly #input: ActivateAudienceInput;
  readonly #status: RunStatus;
  #answer: boolean | null = null;
  #asked = false;

  constructor(input: ActivateAudienceInput, status: RunStatus) {
    this.#input = input;
    this.#status = status;
  }

  /** The signal `approve` or `reject`. Unasked it is ignored: it cannot be meant for a question that comes later. */
  answer(approved: boolean): void {
    if (this.#asked) this.#answer ??= approved;
  }

  /** Whether a person approved. Bounded by the same deadline as a reconnect. */
  async ask(question: Omit<Attention, 'url'>): Promise<boolean> {
    const { consoleUrl, reconnectWithinMs } = this.#input;
    const untilMs = Date.now() + reconnectWithinMs;
    this.#answer = null;
    this.#asked = true;
    try {
      await this.#status.hold('waiting_for_approval', { ...question, url: consoleUrl }, untilMs);
      const answered = await condition(() => this.#answer !== null, reconnectWithinMs, {
        summary: `Waiting for approve or reject until ${dayAndTime(untilMs)}, then given up`,
      });
      if (!answered) throw approvalTimedOut(question.title);
      await this.#status.release();
      return this.#answer === true;
    } finally {
      this.#asked = false;
    }
  }
}

function approvalTimedOut(title: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'approval_timed_out',
    nonRetryable: true,
    message: `Nobody answered in time (${title}), so the run was given up.`,
  });
}
