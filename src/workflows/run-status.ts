import { CancellationScope, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Attention, RunFailure } from '../activation/attention.js';
import type { FinalPhase, Phase } from '../activation/phases.js';
import { activationPhase } from '../temporal/search-attributes.js';
import { core } from './activity-proxies.js';
import type {
  ActivateAudienceInput,
  CarriedState,
  Polling,
  RunProgress,
  RunTotals,
  UnfinishedPart,
} from './messages.js';
import { type Held, statusPage } from './status-page.js';

/** What a person can keep a run from going on for. */
type HeldPhase = 'waiting_for_reconnect' | 'waiting_for_approval';

/**
 * Where the run stands, told to everybody who looks: the database (API, console, CLI), the search attribute and the
 * page in Temporal's Web UI. A pause and a reconnect lie over the phase the work is in, and uncover it when they end.
 */
export class RunStatus {
  readonly #input: ActivateAudienceInput;
  #working: Phase;
  #paused: boolean;
  #held: (Held & { readonly phase: HeldPhase }) | null = null;
  #failure: RunFailure | null = null;
  readonly #waits: { readonly words: string }[] = [];
  #shown: Phase | null = null;
  #records: Promise<void> = Promise.resolve();
  parts: number;
  rowsTotal: number;
  totals: RunTotals;
  /** All parts before this one are done, but for the unfinished ones. */
  nextPart: number;
  readonly unfinished: UnfinishedPart[];
  /** Matched users of the audience to change; null when a new one is created. */
  matched: number | null;
  /** Null before the audience is polled. */
  polling: Polling | null;
  /** How often parts were uploaded again for the publication. */
  repeats: number;

  constructor(input: ActivateAudienceInput) {
    this.#input = input;
    const { carried } = input;
    this.#working = carried?.phase ?? 'queued';
    this.#paused = carried?.paused ?? false;
    this.parts = carried?.parts ?? 0;
    this.rowsTotal = carried?.rowsTotal ?? 0;
    this.totals = carried?.totals ?? { partsUploaded: 0, rowsSent: 0, rowsRejected: 0 };
    this.nextPart = carried?.nextPart ?? 0;
    this.unfinished = [...(carried?.unfinished ?? [])];
    this.matched = carried?.matched ?? null;
    this.polling = carried?.polling ?? null;
    this.repeats = carried?.repeats ?? 0;
    this.refresh();
  }

  /** What the next run of the chain begins with. */
  carried(): Omit<CarriedState, 'approval' | 'reconnect' | 'rateLimit'> {
    return {
      phase: this.#working,
      paused: this.#paused,
      parts: this.parts,
      rowsTotal: this.rowsTotal,
      nextPart: this.nextPart,
      unfinished: this.unfinished,
      totals: this.totals,
      matched: this.matched,
      polling: this.polling,
      repeats: this.repeats,
    };
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** What the work itself is at, whatever lies over it. */
  get working(): Phase {
    return this.#working;
  }

  get phase(): Phase {
    if (this.#paused) return 'paused';
    return this.#held === null ? this.#working : this.#held.phase;
  }

  async enter(phase: Phase): Promise<void> {
    this.#working = phase;
    await this.#publish();
  }

  async setPaused(paused: boolean): Promise<void> {
    if (this.#paused === paused) return;
    this.#paused = paused;
    await this.#publish();
  }

  /** The run waits for a person until then; the phase says for what. */
  async hold(phase: HeldPhase, attention: Attention, untilMs: number): Promise<void> {
    this.#held = { phase, attention, untilMs };
    await this.#publish();
  }

  async release(): Promise<void> {
    this.#held = null;
    await this.#publish();
  }

  /**
   * What the run waits for by itself, in words for the page. The function that is returned ends the wait; of several the
   * newest is shown.
   */
  waiting(words: string): () => void {
    const wait = { words };
    this.#waits.push(wait);
    this.refresh();
    return () => {
      this.#waits.splice(this.#waits.indexOf(wait), 1);
      this.refresh();
    };
  }

  /** Takes back what an activity recorded that the run waits for. */
  async forgetWaiting(): Promise<void> {
    await this.#publish();
  }

  progress(): RunProgress {
    return {
      phase: this.phase,
      parts: this.parts,
      rowsTotal: this.rowsTotal,
      ...this.totals,
      attention: this.#held?.attention.detail ?? null,
      asks: this.#held?.attention ?? null,
    };
  }

  /** Redraws the page in Temporal's Web UI; costs no event. */
  refresh(): void {
    const situation = {
      held: this.#held,
      waiting: this.#waits.at(-1)?.words ?? null,
      failure: this.#failure,
    };
    setCurrentDetails(statusPage(this.#input, this.progress(), situation));
  }

  /** Resolves when everything that was told so far is recorded, so that the run may end. */
  async settled(): Promise<void> {
    await this.#records;
  }

  /** The last thing that is shown. The activity that ends the run has recorded it already. */
  async finish(phase: FinalPhase, failure: RunFailure | null = null): Promise<void> {
    await this.#records;
    this.#working = phase;
    this.#paused = false;
    this.#held = null;
    this.#waits.length = 0;
    this.#failure = failure;
    upsertSearchAttributes([{ key: activationPhase, value: phase }]);
    this.refresh();
  }

  /** In order, one at a time, and not cut off by a cancellation: the database must not be left with an old phase. */
  async #publish(): Promise<void> {
    this.refresh();
    const phase = this.phase;
    const attention = this.#held?.attention ?? null;
    if (this.#shown !== phase) upsertSearchAttributes([{ key: activationPhase, value: phase }]);
    this.#shown = phase;
    const { activationId } = this.#input;
    const record = this.#records.then(() =>
      CancellationScope.nonCancellable(() =>
        core.recordPhase.executeWithOptions({ summary: `Phase: ${phase.replaceAll('_', ' ')}` }, [
          { activationId, phase, attention },
        ]),
      ),
    );
    this.#records = record;
    await record;
  }
}
