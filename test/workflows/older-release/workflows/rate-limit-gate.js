import { sleep } from '@temporalio/workflow';
import { timeOfDay } from '../activation/rate-limit-pause.js';
export class RateLimitGate {
    #status;
    #closed = null;
    constructor(status) {
        this.#status = status;
    }
    async open() {
        while (this.#closed !== null)
            await this.#closed;
    }
    close(pause) {
        this.#closed ??= this.#wait(pause).finally(() => {
            this.#closed = null;
        });
    }
    async #wait({ waitMs, until }) {
        const words = `Waiting for TikTok's rate limit, until ${timeOfDay(until)}`;
        this.#status.setWaiting(words);
        try {
            await sleep(waitMs, { summary: words });
        }
        finally {
            this.#status.setWaiting(null);
        }
        await this.#status.forgetWaiting();
    }
}
