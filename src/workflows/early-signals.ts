import { patched, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Since then, early signals are taken in their order (docs/changing-workflows.md tells when this may go). */
const IN_ORDER = 'early-signals-in-order';

/** The names of the signals that came before this run began, in their order. */
let arrived: readonly string[] = [];

/** For the bundle of the workflows: the SDK tells nobody else in which order the signals came. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate(input, next) {
        const jobs = input.activation.jobs ?? [];
        if (jobs.some(({ initializeWorkflow }) => initializeWorkflow != null)) {
          arrived = jobs.flatMap(({ signalWorkflow }) => signalWorkflow?.signalName ?? []);
        }
        next(input);
      },
    },
  ],
});

interface EarlySignal {
  readonly name: string;
  readonly take: () => void;
}

/**
 * Signals that came before the run began, or before its next run did. The SDK hands them out as soon as there is a handler
 * for their name, and so all of one name together: a run that was resumed and then paused would go on.
 */
export class EarlySignals {
  #early: EarlySignal[] | null = [];

  /** A handler that takes nothing before all handlers are set. */
  handler(
    name: string,
    handle: (sent: unknown) => void | Promise<void>,
  ): (sent?: unknown) => void | Promise<void> {
    return (sent) => {
      const early = this.#early;
      if (early === null) return handle(sent);
      // Unfinished until it is taken, as every handler must be before a run continues as new.
      return new Promise((resolve) => early.push({ name, take: () => resolve(handle(sent)) }));
    };
  }

  /** To be called when all handlers are set. */
  handOut(): void {
    const early = this.#early ?? [];
    this.#early = null;
    const mixed = new Set(early.map(({ name }) => name)).size > 1;
    for (const { take } of mixed && patched(IN_ORDER) ? asTheyCame(early) : early) take();
  }
}

function asTheyCame(early: readonly EarlySignal[]): EarlySignal[] {
  const left = [...early];
  const ordered = arrived.flatMap((name) => {
    const index = left.findIndex((signal) => signal.name === name);
    return index < 0 ? [] : left.splice(index, 1);
  });
  return [...ordered, ...left];
}
