import type {
  ActivationRuns,
  Delivery,
  RunSignal,
  RunStanding,
} from '../../../src/temporal/activation-runs.js';
import type { ActivateAudienceInput } from '../../../src/workflows/messages.js';

/** Stands where Temporal would, and remembers what it was asked. */
export class RecordingRuns implements ActivationRuns {
  readonly started: { input: ActivateAudienceInput; title: string }[] = [];
  readonly told: { activationId: string; message: RunSignal | 'cancel'; question?: string }[] = [];
  /** Calls fail while this is set. */
  reachable = true;
  delivery: Delivery = 'delivered';

  async start(input: ActivateAudienceInput, title: string): Promise<void> {
    this.#requireReachable();
    this.started.push({ input, title });
  }

  async signal(activationId: string, message: RunSignal, question?: string): Promise<Delivery> {
    this.#requireReachable();
    this.told.push({ activationId, message, ...(question === undefined ? {} : { question }) });
    return this.delivery;
  }

  async look(): Promise<RunStanding> {
    this.#requireReachable();
    return { kind: 'open', runId: 'a run', phase: 'queued' };
  }

  async cancel(activationId: string): Promise<Delivery> {
    this.#requireReachable();
    this.told.push({ activationId, message: 'cancel' });
    return this.delivery;
  }

  async shownBy(): Promise<never> {
    this.#requireReachable();
    throw new Error('there is no worker to answer');
  }

  async check(): Promise<void> {
    this.#requireReachable();
  }

  #requireReachable(): void {
    if (!this.reachable) throw new Error('14 UNAVAILABLE: nobody listens');
  }
}
