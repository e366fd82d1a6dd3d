import { sleep } from '@temporalio/workflow';
import { timeOfDay } from '../activation/points-in-time.js';
import type { RateLimitPause } from '../activation/rate-limit-pause.js';
import type { RunStatus } from './run-status.js';

/**
 * Waits for all lanes together while TikTok's limits allow the app no call. Short waits never come here: the activities
 * wait or are tried again. One timer stands in the run for a person to see, and no worker is kept busy.
 */
export class RateLimitGate {
  readonly #status: RunStatus;
  #closed: Promise<void> | null = null;

  constructor(status: RunStatus) {
    this.#status = status;
  }

  /** Resolves when calls may be made, as far as is known. */
  async open(): Promise<void> {
    while (this.#closed !== null) await this.#closed;
  }

  close(pause: RateLimitPause): void {
    this.#closed ??= this.#wait(pause).finally(() => {
      this.#closed = null;
    });
  }

  async #wait({ waitMs, until }: RateLimitPause): Promise<void> {
    const words = `Waiting for TikTok's rate limit, until ${timeOfDay(Date.parse(until))}`;
    this.#status.setWaiting(words);
    try {
      await sleep(waitMs, { summary: words });
    } finally {
      this.#status.setWaiting(null);
    }
    await this.#status.forgetWaiting();
  }
}
