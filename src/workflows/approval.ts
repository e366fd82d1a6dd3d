import { ApplicationFailure } from '@temporalio/workflow';
import type { Attention } from '../activation/attention.js';
import { dayAndTime } from '../activation/points-in-time.js';
import { waitFor } from './history-limit.js';
import type { ActivateAudienceInput, CarriedApproval, OpenQuestion } from './messages.js';
import type { RunStatus } from './run-status.js';

/** What a person is asked; the address is that of the run. */
export type Question = Omit<Attention, 'url'>;

/** Asks a person whether the run shall go on, and waits for the signal `approve` or `reject`. */
export class Approval {
  readonly #input: ActivateAudienceInput;
  readonly #status: RunStatus;
  readonly #approved: Set<string>;
  #asked: OpenQuestion | null;

  constructor(input: ActivateAudienceInput, status: RunStatus) {
    this.#input = input;
    this.#status = status;
    this.#approved = new Set(input.carried?.approval?.approved);
    this.#asked = input.carried?.approval?.asked ?? null;
  }

  /** What the next run of the chain must know. */
  carried(): CarriedApproval {
    return { approved: [...this.#approved], asked: this.#asked };
  }

  /**
   * The signal `approve` or `reject`. Unasked it is ignored: it cannot be meant for a question that comes later.
   *
   * @param question that it is meant for; null: the open one
   */
  answer(approved: boolean, question: string | null): void {
    if (question !== null && question !== this.#asked?.code) return;
    if (this.#asked?.answer === null) this.#asked = { ...this.#asked, answer: approved };
  }

  /**
   * Whether a person approved. Bounded by the same deadline as a reconnect. What was approved is not asked again, unless
   * it is forgotten. Throws `HistoryLong` when that is so before anybody has answered.
   */
  async ask(question: Question): Promise<boolean> {
    const { code } = question;
    if (this.#approved.has(code)) return true;
    if (this.#asked?.code !== code) {
      this.#asked = { code, deadlineMs: Date.now() + this.#input.reconnectWithinMs, answer: null };
    }
    const { deadlineMs } = this.#asked;
    await this.#status.hold('waiting_for_approval', { ...question, url: this.#input.consoleUrl }, deadlineMs);
    const answered = await waitFor(this.#input, () => this.#asked?.answer !== null, {
      ms: deadlineMs - Date.now(),
      summary: `Waiting for approve or reject until ${dayAndTime(deadlineMs)}, then given up`,
    });
    const approved = this.#asked.answer === true;
    this.#asked = null;
    if (!answered) throw approvalTimedOut(question.title);
    if (approved) this.#approved.add(code);
    await this.#status.release();
    return approved;
  }

  /** Lets a question be asked again. */
  forget(code: string): void {
    this.#approved.delete(code);
  }
}

function approvalTimedOut(title: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'approval_timed_out',
    nonRetryable: true,
    message: `Nobody answered in time (${title}), so the run was given up.`,
  });
}
