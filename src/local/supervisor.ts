import { join } from 'node:path';
import { ChildOutput } from './child-output.js';
import type { ProcessIdentity } from './process-identity.js';
import { removeProcessRecord, writeProcessRecord } from './process-record.js';
import type { Service } from './service.js';
import { type Patience, SupervisedProcess } from './supervised-process.js';

export interface SupervisorOptions {
  /** Holds `logs/NAME.log` and `processes.json`. Its folder `logs` exists. */
  folder: string;
  /** Recorded for the next start; null without an embedded PostgreSQL. */
  postgresCluster: string | null;
  /** Shows a line about a service to the person at the terminal. */
  say: (service: string, text: string) => void;
  patience?: Partial<Patience>;
}

/** Starts services in order of need, keeps them running, and ends them in reverse order. */
export class Supervisor {
  readonly #services: readonly SupervisedProcess[];
  readonly #options: SupervisorOptions;
  #stopping: Promise<void> | undefined;
  /** What was said once is not said again until the record could be written. */
  #recordMissing = false;

  constructor(services: readonly Service[], options: SupervisorOptions) {
    this.#options = options;
    const logs = join(options.folder, 'logs');
    this.#services = services.map((service) => {
      const say = (text: string) => options.say(service.name, text);
      // While everything ends, complaints about each other's absence are no news.
      const show = (text: string) => (this.#stopping === undefined ? say(text) : undefined);
      const output = new ChildOutput(join(logs, `${service.name}.log`), show, service.worthwhile);
      return new SupervisedProcess(
        service,
        output,
        { say, changed: () => this.#record(show) },
        options.patience,
      );
    });
  }

  /** Resolves when all services are ready. When one cannot be started, all are ended and its error is thrown. */
  async start(): Promise<void> {
    const ready = new Map<string, Promise<void>>();
    const startOf = (process: SupervisedProcess): Promise<void> => {
      const known = ready.get(process.service.name);
      if (known !== undefined) return known;
      const needed = this.#services.filter((other) => process.service.needs.includes(other.service.name));
      const started = Promise.all(needed.map(startOf)).then(() => this.#startUnlessStopping(process));
      ready.set(process.service.name, started);
      return started;
    };
    try {
      await Promise.all(this.#services.map(startOf));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends every service after those that need it. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends everything at once. `stop` still has to be awaited. */
  kill(): void {
    for (const process of this.#services) process.kill();
  }

  /** The processes that run at this moment, by service. */
  processes(): ReadonlyMap<string, ProcessIdentity> {
    const running = new Map<string, ProcessIdentity>();
    for (const { service, identity } of this.#services) {
      if (identity !== undefined) running.set(service.name, identity);
    }
    return running;
  }

  async #startUnlessStopping(process: SupervisedProcess): Promise<void> {
    if (this.#stopping !== undefined) throw new Error('The start was broken off.');
    await process.start();
  }

  async #stopAll(): Promise<void> {
    const gone = new Map<string, Promise<void>>();
    const stopOf = (process: SupervisedProcess): Promise<void> => {
      const known = gone.get(process.service.name);
      if (known !== undefined) return known;
      const dependents = this.#services.filter((other) => other.service.needs.includes(process.service.name));
      const stopped = Promise.all(dependents.map(stopOf)).then(() => process.stop());
      gone.set(process.service.name, stopped);
      return stopped;
    };
    await Promise.all(this.#services.map(stopOf));
    removeProcessRecord(this.#options.folder);
  }

  /** A full disk must not end what it does not keep from working. */
  #record(show: (text: string) => void): void {
    const { folder, postgresCluster } = this.#options;
    const children = this.#services.flatMap(({ service, identity }) =>
      identity === undefined ? [] : [{ ...identity, name: service.name, stopSignal: service.stopSignal }],
    );
    try {
      writeProcessRecord(folder, { postgresCluster, children });
      this.#recordMissing = false;
    } catch (error) {
      if (!this.#recordMissing) {
        show(
          `what runs cannot be written to ${join(folder, 'processes.json')} (${reason(error)}). Everything goes on, and it ` +
            'is tried again when a process starts or ends. If this program is killed before that, the next start may not ' +
            'find all processes that are left.',
        );
      }
      this.#recordMissing = true;
    }
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
