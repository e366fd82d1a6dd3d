import { computeContent, type Step } from './audience-content.js';
import { pendingOperation } from './audience-state.js';
import type { Clock } from './clock.js';
import { AUDIENCE_MESSAGES } from './invented.js';
import type { Logger } from './logger.js';
import { filesOf } from './operation-files.js';
import type { StateStore } from './state.js';
import type { Audience, Operation } from './state-schema.js';

/**
 * Processes what is due by the sandbox's clock. Nothing happens between calls: who looks at an audience calls
 * `settle` first, and sees what the clock says. The content of an audience is never stored: it is computed again from
 * the uploaded bytes, which a kill cannot lose.
 */
export class Processing {
  readonly #store: StateStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  #running: Promise<void> = Promise.resolve();

  constructor(store: StateStore, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Ends when all that is due now is processed: seconds for a file of millions of rows. */
  async settle(): Promise<void> {
    // One after the other: two at once would process an operation twice.
    const run = this.#running.then(() => this.#settleDue());
    this.#running = run.catch(() => {});
    await run;
  }

  async #settleDue(): Promise<void> {
    for (const audience of this.#store.current.audiences) {
      while (this.#exists(audience)) {
        const operation = pendingOperation(audience);
        if (operation === undefined) break;
        const due = operation.acceptedAt + this.#store.current.settings.processingSeconds * 1000;
        if (this.#clock.now() < due) break;
        try {
          await this.#process(audience, operation);
        } catch (error) {
          // Deleted meanwhile, and its files with it.
          if (!this.#exists(audience)) break;
          throw error;
        }
        this.#store.save();
        const { action, state } = operation;
        this.#log.info(
          { audienceId: audience.audienceId, action, state, matched: audience.matched },
          'audience processed',
        );
      }
    }
  }

  #exists(audience: Audience): boolean {
    return this.#store.current.audiences.includes(audience);
  }

  async #process(audience: Audience, operation: Operation): Promise<void> {
    const { settings, files } = this.#store.current;
    if (audience.type === 'Lookalike Audience') {
      // Its size was fixed by its source when it was created.
      audience.usable = true;
      operation.state = 'applied';
      operation.matched = audience.matched;
      return;
    }
    const added = filesOf(files, audience, operation);
    if (typeof added === 'string') {
      const message = added === 'bad_file' ? AUDIENCE_MESSAGES.badFile : AUDIENCE_MESSAGES.wrongType;
      fail(audience, operation, message);
      return;
    }
    const content = await computeContent(this.#stepsTo(audience, operation), settings);
    const enough = content.matched >= settings.minimumMatched;
    operation.matched = content.matched;
    // What a new audience or a streamed one holds too little of, it holds all the same; a change of a file fails.
    if (!enough && operation.action !== 'CREATE' && audience.type === 'Customer File Audience') {
      fail(audience, operation, AUDIENCE_MESSAGES.changeTooSmall(settings.minimumMatched));
      return;
    }
    const bad = added.reduce((sum, file) => sum + file.badValues, 0);
    operation.state = 'applied';
    operation.message = bad > 0 ? AUDIENCE_MESSAGES.unparsed(bad) : null;
    audience.members = content.members;
    audience.matched = content.matched;
    audience.usable = enough;
    audience.errorMessage = enough ? null : AUDIENCE_MESSAGES.tooSmall(settings.minimumMatched);
  }

  /** The files to add and to remove, in order, that make the content which this operation leads to. */
  #stepsTo(audience: Audience, last: Operation): Step[] {
    const { files } = this.#store.current;
    const done = audience.operations.filter((each) => each === last || each.state === 'applied');
    const steps: Step[] = [];
    for (const operation of done) {
      if (operation.action === 'REPLACE') steps.length = 0;
      const removes = operation.action === 'REMOVE';
      for (const filePath of operation.filePaths) {
        const file = files[filePath];
        if (file !== undefined) steps.push({ file, path: this.#store.bytesOf(filePath), removes });
      }
    }
    return steps;
  }
}

function fail(audience: Audience, operation: Operation, message: string): void {
  operation.state = 'failed';
  operation.message = message;
  audience.errorMessage = message;
}
