import { timeOfDay } from '../activation/points-in-time.js';
import type { RateLimitPause } from '../activation/rate-limit-pause.js';
import { SharedWait, waitFor } from './history-limit.js';
import type { ActivateAudienceInput, CarriedRateLimit } from './messages.js';
import type { RunStatus } from './run-status.js';

/**
 * Waits for all lanes together while TikTok's limits allow the app no call. Short waits never come here: the activities
 * wait or are tried again. One timer stands in the run for a person to see, and no worker is kept busy.
 */
export class RateLimitGate {
  readonly #input: ActivateAudienceInput;
  readonly #status: RunStatus;
  readonly #wait = new SharedWait();
  #limit: CarriedRateLimit | null;
  #inherited: boolean;

  constructor(input: ActivateAudienceInput, status: RunStatus) {
    this.#input = input;
    this.#status = status;
    this.#limit = input.carried?.rateLimit ?? null;
    this.#inherited = this.#limit !== null;
  }

  /** What the next run of the chain goes on waiting for. */
  carried(): CarriedRateLimit | null {
    return this.#limit;
  }

  /** Resolves when calls may be made, as far as is known. */
  async open(): Promise<void> {
    if (this.#inherited && this.#limit !== null) this.#begin(this.#limit);
    this.#inherited = false;
    await this.#wait.over();
  }

  close({ waitMs, until }: RateLimitPause): void {
    this.#begin({ dueMs: Date.now() + waitMs, until });
  }

  #begin(limit: CarriedRateLimit): void {
    this.#wait.begin(async () => {
      this.#limit = limit;
      const words = `Waiting for TikTok's rate limit, until ${timeOfDay(Date.parse(limit.until))}`;
      const ended = this.#status.waiting(words);
      try {
        await waitFor(this.#input, () => false, { ms: limit.dueMs - Date.now(), summary: words });
      } finally {
        ended();
      }
      this.#limit = null;
      await this.#status.forgetWaiting();
    });
  }
}
