import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildOutput } from './child-output.js';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import { launch, type Service } from './service.js';

/** How patient the supervisor is. Milliseconds. */
export interface Patience {
  /** Between two starts of a process that dies: doubled each time, from the first to the longest. */
  firstRestart: number;
  longestRestart: number;
  /** A process that lived this long starts over at the first pause. */
  healthyAfter: number;
  /** Until a started process is ready. */
  ready: number;
  /** Until a process that was asked to end is killed. */
  stop: number;
}

const PATIENCE: Patience = {
  firstRestart: 200,
  longestRestart: 5_000,
  healthyAfter: 30_000,
  ready: 120_000,
  stop: 15_000,
};

/** At the first start, a process that ends at once this often will not come up. */
const FIRST_TRIES = 5;
const PROBE_PAUSE_MS = 50;

export interface ProcessEvents {
  say: (text: string) => void;
  /** A process was started or has ended. */
  changed: () => void;
}

/** Keeps one service running from `start` to `stop`: a process that dies is started again. */
export class SupervisedProcess {
  readonly service: Service;
  readonly #output: ChildOutput;
  readonly #events: ProcessEvents;
  readonly #patience: Patience;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    service: Service,
    output: ChildOutput,
    events: ProcessEvents,
    patience: Partial<Patience> = {},
  ) {
    this.service = service;
    this.#output = output;
    this.#events = events;
    this.#patience = { ...PATIENCE, ...patience };
  }

  /** Undefined between two starts. */
  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  /** Resolves when the service is ready for the first time; rejects when it will not be. */
  async start(): Promise<void> {
    await this.service.prepare?.();
    await new Promise<void>((resolve, reject) => {
      this.#running = this.#keepRunning(resolve, reject);
    });
  }

  /** Asks the process to end, kills it when it does not, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child !== undefined) {
      child.kill(this.service.stopSignal);
      const limit = setTimeout(() => {
        this.#events.say(`does not end within ${this.#patience.stop / 1000} s and is killed`);
        killGroup(child);
      }, this.#patience.stop);
      await this.#running;
      clearTimeout(limit);
    }
    await this.#running;
    this.#output.close();
  }

  /** Without asking: for a stop in a hurry. */
  kill(): void {
    this.#stopping.abort();
    if (this.#child !== undefined) killGroup(this.#child);
  }

  async #keepRunning(readyOnce: () => void, failed: (error: Error) => void): Promise<void> {
    let wasReady = false;
    let mended = false;
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now();
      const { becameReady, ending } = await this.#runOnce(() => {
        if (wasReady) this.#events.say('is ready again');
        wasReady = true;
        readyOnce();
      });
      if (this.#stopping.signal.aborted) break;
      failures = becameReady && Date.now() - startedAt >= this.#patience.healthyAfter ? 1 : failures + 1;
      if (!wasReady && failures >= FIRST_TRIES) {
        failed(new Error(`${this.service.name} does not start: it ${ending}.\n${this.#output.lastLines()}`));
        return;
      }
      if (!becameReady && !mended) mended = this.#mend();
      const pause = Math.min(
        this.#patience.firstRestart * 2 ** (failures - 1),
        this.#patience.longestRestart,
      );
      this.#events.say(`${ending}; started again in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    failed(new Error(`${this.service.name} was stopped before it was ready.`));
  }

  /** True when something was mended. A failure of it, such as a full disk, costs no more than the mending. */
  #mend(): boolean {
    try {
      const done = this.service.mend?.(this.#output.lastLines()) ?? null;
      if (done !== null) this.#events.say(done);
      return done !== null;
    } catch (error) {
      this.#events.say(`cannot be mended (${error instanceof Error ? error.message : String(error)})`);
      return false;
    }
  }

  /** From the start of one process to its end. */
  async #runOnce(ready: () => void): Promise<{ becameReady: boolean; ending: string }> {
    const child = launch(this.service);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`cannot be started (${error.message})`));
      child.once('exit', (code, signal) =>
        resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
      );
    });
    this.#child = child;
    this.#identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (child.stdout !== null) this.#output.follow(child.stdout, 'stdout');
    if (child.stderr !== null) this.#output.follow(child.stderr, 'stderr');
    this.#events.changed();
    let becameReady = false;
    const gone = new AbortController();
    void this.#untilReady(gone.signal).then((answered) => {
      if (answered) {
        becameReady = true;
        ready();
      } else if (!gone.signal.aborted) {
        this.#events.say(`is not ready within ${this.#patience.ready / 1000} s and is started anew`);
        killGroup(child);
      }
    });
    const ending = await ended;
    gone.abort();
    this.#child = undefined;
    this.#identity = undefined;
    this.#events.changed();
    return { becameReady, ending };
  }

  async #untilReady(gone: AbortSignal): Promise<boolean> {
    const deadline = Date.now() + this.#patience.ready;
    while (!gone.aborted && Date.now() < deadline) {
      try {
        await this.service.probe();
        // What answered may be another program on the same port while ours has died.
        return !gone.aborted;
      } catch {
        await delay(PROBE_PAUSE_MS, undefined, { signal: gone }).catch(() => undefined);
      }
    }
    return false;
  }
}

/** With all that it started itself: each child leads a process group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
