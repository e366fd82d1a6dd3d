import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { core, slowCheck } from './activity-proxies.js';
import { rateLimitPause, reconnectRequired } from './failures.js';
import { RateLimitGate } from './rate-limit-gate.js';
export class ReconnectGate {
    #input;
    #status;
    #limits;
    #closed = null;
    #signals = 0;
    constructor(input, status) {
        this.#input = input;
        this.#status = status;
        this.#limits = new RateLimitGate(status);
    }
    reconnected() {
        this.#signals += 1;
    }
    async run(call) {
        for (;;) {
            if (this.#closed !== null)
                await this.#closed;
            await this.#limits.open();
            try {
                return await call();
            }
            catch (error) {
                const pause = rateLimitPause(error);
                if (pause !== null) {
                    this.#limits.close(pause);
                    continue;
                }
                const required = reconnectRequired(error);
                if (required === null)
                    throw error;
                this.#closed ??= this.#waitForPerson(required).finally(() => {
                    this.#closed = null;
                });
                await this.#closed;
            }
        }
    }
    async #waitForPerson(required) {
        const { connectionId, advertiserId, consoleUrl, reconnectWithinMs } = this.#input;
        const deadline = Date.now() + reconnectWithinMs;
        let seen = this.#signals;
        const known = await core.recheckConnection.executeWithOptions({ summary: 'Is TikTok authorised again?' }, [
            {
                connectionId,
                advertiserId,
                failedVersion: required.version,
                ask: false,
            },
        ]);
        if (known)
            return;
        await this.#status.hold('waiting_for_reconnect', { ...required.attention, url: consoleUrl });
        for (;;) {
            const cause = await this.#told(required.version, seen, deadline);
            if (cause === 'deadline')
                throw reconnectTimedOut();
            seen = this.#signals;
            const usable = cause === 'noticed' ||
                (await core.recheckConnection.executeWithOptions({ summary: 'Is TikTok authorised again?' }, [
                    {
                        connectionId,
                        advertiserId,
                        failedVersion: required.version,
                        ask: true,
                    },
                ]));
            if (usable)
                break;
        }
        await this.#status.release();
    }
    async #told(failedVersion, seen, deadline) {
        const { connectionId } = this.#input;
        return CancellationScope.cancellable(async () => {
            const noticed = slowCheck.awaitReconnect
                .executeWithOptions({ summary: 'Waiting until TikTok is authorised again' }, [
                { connectionId, failedVersion },
            ])
                .then(() => 'noticed');
            const signalled = condition(() => this.#signals > seen, Math.max(1, deadline - Date.now()), {
                summary: 'Latest time to sign in at TikTok again',
            }).then((told) => (told ? 'signal' : 'deadline'));
            try {
                return await Promise.race([noticed, signalled]);
            }
            finally {
                CancellationScope.current().cancel();
                await Promise.allSettled([noticed, signalled]);
            }
        });
    }
}
function reconnectTimedOut() {
    return ApplicationFailure.create({
        type: 'reconnect_timed_out',
        nonRetryable: true,
        message: 'Nobody signed in at TikTok again in time, so the run was given up. Reconnect TikTok and start it again.',
    });
}
