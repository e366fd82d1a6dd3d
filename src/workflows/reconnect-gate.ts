import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { ReconnectRequired } from '../activation/attention.js';
import { dayAndTime } from '../activation/points-in-time.js';
import { core, slowCheck } from './activity-proxies.js';
import { rateLimitPause, reconnectRequired } from './failures.js';
import type { ActivateAudienceInput } from './messages.js';
import { RateLimitGate } from './rate-limit-gate.js';
import type { RunStatus } from './run-status.js';

/**
 * Every call of TikTok goes through this gate. When one finds that a person must sign in again, or that TikTok's limits
 * allow no call for a while, the gate closes once for all of them, and those that failed run again when it opens.
 */
export class ReconnectGate {
  readonly #input: ActivateAudienceInput;
  readonly #status: RunStatus;
  readonly #limits: RateLimitGate;
  #closed: Promise<void> | null = null;
  #signals = 0;

  constructor(input: ActivateAudienceInput, status: RunStatus) {
    this.#input = input;
    this.#status = status;
    this.#limits = new RateLimitGate(status);
  }

  /** The signal `reconnected`: a hint to look again, so that one too many, too early or forged does no harm. */
  reconnected(): void {
    this.#signals += 1;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#closed !== null) await this.#closed;
      await this.#limits.open();
      try {
        return await call();
      } catch (error) {
        const pause = rateLimitPause(error);
        if (pause !== null) {
          this.#limits.close(pause);
          continue;
        }
        const required = reconnectRequired(error);
        if (required === null) throw error;
        this.#closed ??= this.#waitForPerson(required).finally(() => {
          this.#closed = null;
        });
        await this.#closed;
      }
    }
  }

  async #waitForPerson(required: ReconnectRequired): Promise<void> {
    const { connectionId, advertiserId, consoleUrl, reconnectWithinMs } = this.#input;
    const deadline = Date.now() + reconnectWithinMs;
    // Counted from the failure on: a signal that comes before the wait has begun must not be lost.
    let seen = this.#signals;
    // Somebody may have signed in between the failure and now; the signal for that is gone.
    const known = await core.recheckConnection.executeWithOptions(
      { summary: 'Ask whether TikTok accepts the authorization' },
      [
        {
          connectionId,
          advertiserId,
          failedVersion: required.version,
          ask: false,
        },
      ],
    );
    if (known) return;
    await this.#status.hold('waiting_for_reconnect', { ...required.attention, url: consoleUrl }, deadline);
    for (;;) {
      const cause = await this.#told(required, seen, deadline);
      if (cause === 'deadline') throw reconnectTimedOut();
      seen = this.#signals;
      const usable =
        cause === 'noticed' ||
        (await core.recheckConnection.executeWithOptions(
          { summary: 'Ask whether TikTok accepts the authorization' },
          [
            {
              connectionId,
              advertiserId,
              failedVersion: required.version,
              ask: true,
            },
          ],
        ));
      if (usable) break;
    }
    await this.#status.release();
  }

  /** Waits for the signal or for the slow check, whichever comes first, until the deadline. */
  async #told(
    { version: failedVersion, attention }: ReconnectRequired,
    seen: number,
    deadline: number,
  ): Promise<'signal' | 'noticed' | 'deadline'> {
    const { connectionId } = this.#input;
    return CancellationScope.cancellable(async () => {
      const noticed = slowCheck.awaitReconnect
        .executeWithOptions({ summary: 'Look now and then whether somebody signed in at TikTok again' }, [
          { connectionId, failedVersion, cause: attention.code },
        ])
        .then(() => 'noticed' as const);
      const signalled = condition(() => this.#signals > seen, Math.max(1, deadline - Date.now()), {
        summary: `Waiting for a sign-in at TikTok until ${dayAndTime(deadline)}, then given up`,
      }).then((told) => (told ? ('signal' as const) : ('deadline' as const)));
      try {
        return await Promise.race([noticed, signalled]);
      } finally {
        CancellationScope.current().cancel();
        await Promise.allSettled([noticed, signalled]);
      }
    });
  }
}

function reconnectTimedOut(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'reconnect_timed_out',
    nonRetryable: true,
    message: 'Nobody signed in at TikTok again in time, so the run was given up.',
  });
}
