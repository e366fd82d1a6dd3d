import { ApplicationFailure, CancellationScope, patched } from '@temporalio/workflow';
import type { ReconnectRequired } from '../activation/attention.js';
import { dayAndTime } from '../activation/points-in-time.js';
import { core, slowCheck } from './activity-proxies.js';
import { rateLimitPause, reconnectRequired } from './failures.js';
import { SharedWait, waitFor } from './history-limit.js';
import type { ActivateAudienceInput, CarriedRateLimit, CarriedReconnect } from './messages.js';
import { RateLimitGate } from './rate-limit-gate.js';
import type { RunStatus } from './run-status.js';

/**
 * Since then a wait whose time is over does not begin again, so that a slow check that is fooled again and again keeps no
 * run open (docs/changing-workflows.md tells when this may go).
 */
const DEADLINE_IS_LOOKED_AT = 'deadline-of-a-sign-in-is-looked-at';

/** The wait for a person to sign in. */
interface ReconnectWait {
  readonly required: ReconnectRequired;
  readonly deadlineMs: number;
  /** Signals that were looked after. */
  seen: number;
}

/**
 * Every call of TikTok goes through this gate. When one finds that a person must sign in again, or that TikTok's limits
 * allow no call for a while, the gate closes once for all of them, and those that failed run again when it opens.
 */
export class ReconnectGate {
  readonly #input: ActivateAudienceInput;
  readonly #status: RunStatus;
  readonly #limits: RateLimitGate;
  readonly #closed = new SharedWait();
  #inherited: CarriedReconnect | null;
  #wait: ReconnectWait | null = null;
  /** Also when it is over: the same refusal again, before any call was granted, is the same wait with the same end. */
  #latest: Pick<ReconnectWait, 'required' | 'deadlineMs'> | null = null;
  #signals = 0;

  constructor(input: ActivateAudienceInput, status: RunStatus) {
    this.#input = input;
    this.#status = status;
    this.#limits = new RateLimitGate(input, status);
    this.#inherited = input.carried?.reconnect ?? null;
  }

  /** The signal `reconnected`: a hint to look again, so that one too many, too early or forged does no harm. */
  reconnected(): void {
    this.#signals += 1;
  }

  /** What the next run of the chain goes on waiting for. */
  carried(): { reconnect: CarriedReconnect | null; rateLimit: CarriedRateLimit | null } {
    const rateLimit = this.#limits.carried();
    if (this.#wait === null) return { reconnect: this.#inheritedSignalled(), rateLimit };
    const { required, deadlineMs, seen } = this.#wait;
    return { reconnect: { required, deadlineMs, signalled: this.#signals > seen }, rateLimit };
  }

  /** Throws `HistoryLong` when that is so while the gate is closed. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.#goOnWaiting();
    for (;;) {
      await this.#closed.over();
      await this.#limits.open();
      try {
        const result = await call();
        // What is refused from here on was granted in between, so that it is a new wait with an end of its own.
        if (this.#wait === null) this.#latest = null;
        return result;
      } catch (error) {
        // Whoever was stopped waits for nothing any more.
        if (CancellationScope.current().consideredCancelled) throw error;
        const pause = rateLimitPause(error);
        if (pause !== null) {
          this.#limits.close(pause);
          continue;
        }
        const required = reconnectRequired(error);
        if (required === null) throw error;
        this.#closed.begin(() => this.#askWhetherKnown(required));
      }
    }
  }

  #inheritedSignalled(): CarriedReconnect | null {
    const inherited = this.#inherited;
    return inherited && { ...inherited, signalled: inherited.signalled || this.#signals > 0 };
  }

  /** Begins where an earlier run of the chain stopped to wait. */
  #goOnWaiting(): void {
    const inherited = this.#inheritedSignalled();
    if (inherited === null) return;
    this.#inherited = null;
    const { required, deadlineMs, signalled } = inherited;
    this.#wait = { required, deadlineMs, seen: this.#signals };
    this.#latest = this.#wait;
    this.#closed.begin(async () => {
      if (!(signalled && (await this.#recheck(required.version, true)))) await this.#waitForPerson();
      this.#wait = null;
      await this.#status.release();
    });
  }

  async #askWhetherKnown(required: ReconnectRequired): Promise<void> {
    // Counted from the failure on: a signal that comes before the wait has begun must not be lost.
    this.#wait = { required, deadlineMs: this.#deadlineOf(required), seen: this.#signals };
    this.#latest = this.#wait;
    // Somebody may have signed in between the failure and now; the signal for that is gone.
    const known = await this.#recheck(required.version, false);
    if (!known) await this.#waitForPerson();
    this.#wait = null;
    if (!known) await this.#status.release();
  }

  #deadlineOf(required: ReconnectRequired): number {
    const latest = this.#latest;
    const same =
      latest?.required.version === required.version &&
      latest.required.attention.code === required.attention.code;
    return same ? latest.deadlineMs : Date.now() + this.#input.reconnectWithinMs;
  }

  async #recheck(failedVersion: number, ask: boolean): Promise<boolean> {
    const { connectionId, advertiserId } = this.#input;
    return core.recheckConnection.executeWithOptions(
      { summary: 'Ask whether TikTok accepts the authorization' },
      [{ connectionId, advertiserId, failedVersion, ask }],
    );
  }

  async #waitForPerson(): Promise<void> {
    const wait = this.#wait;
    if (wait === null) return;
    const isOver = wait.deadlineMs <= Date.now() && wait.seen === this.#signals;
    if (isOver && patched(DEADLINE_IS_LOOKED_AT)) throw reconnectTimedOut();
    const { version, attention } = wait.required;
    await this.#status.hold(
      'waiting_for_reconnect',
      { ...attention, url: this.#input.consoleUrl },
      wait.deadlineMs,
    );
    for (;;) {
      const cause = await this.#told(wait);
      if (cause === 'deadline') throw reconnectTimedOut();
      if (cause === 'noticed') return;
      wait.seen = this.#signals;
      if (await this.#recheck(version, true)) return;
    }
  }

  /** Waits for the signal or for the slow check, whichever comes first, until the deadline. */
  async #told({ required, deadlineMs, seen }: ReconnectWait): Promise<'signal' | 'noticed' | 'deadline'> {
    const { connectionId, advertiserId } = this.#input;
    const failed = { connectionId, advertiserId, failedVersion: required.version };
    return CancellationScope.cancellable(async () => {
      const noticed = slowCheck.awaitReconnect
        .executeWithOptions({ summary: 'Look now and then whether somebody signed in at TikTok again' }, [
          { ...failed, cause: required.attention.code },
        ])
        .then(() => 'noticed' as const);
      const signalled = waitFor(this.#input, () => this.#signals > seen, {
        ms: deadlineMs - Date.now(),
        summary: `Waiting for a sign-in at TikTok until ${dayAndTime(deadlineMs)}, then given up`,
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
