import { sameType } from './calculate-type.js';
import type { Clock } from './clock.js';
import { readCustomerFile } from './customer-file.js';
import { AUDIENCE_MESSAGES } from './invented.js';
import type { Logger } from './logger.js';
import { countMembers, type Members, matchedPeople, noMembers } from './population.js';
import type { Audience, Operation, StateStore, StoredFile } from './state.js';

interface Outcome {
  readonly members: number;
  readonly matched: number;
  readonly badValues: number;
}

/** The operation on the audience that is being processed: there is one at a time. */
export function pendingOperation(audience: Audience): Operation | undefined {
  return audience.operations.find((operation) => operation.state === 'processing');
}

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
      const operation = pendingOperation(audience);
      if (operation === undefined) continue;
      const due = operation.acceptedAt + this.#store.current.settings.processingSeconds * 1000;
      if (this.#clock.now() < due) continue;
      await this.#process(audience, operation);
      this.#store.save();
      this.#log.info(
        {
          audienceId: audience.audienceId,
          action: operation.action,
          state: operation.state,
          matched: audience.matched,
        },
        'audience processed',
      );
    }
  }

  async #process(audience: Audience, operation: Operation): Promise<void> {
    const { minimumMatched } = this.#store.current.settings;
    if (!this.#typesFit(audience, operation)) {
      operation.state = 'failed';
      operation.message = AUDIENCE_MESSAGES.wrongType;
      audience.errorMessage = operation.message;
      return;
    }
    const outcome = await this.#contentWith(audience, operation);
    const enough = outcome.matched >= minimumMatched;
    operation.matched = outcome.matched;
    if (enough || operation.action === 'CREATE') {
      operation.state = 'applied';
      operation.message = outcome.badValues > 0 ? AUDIENCE_MESSAGES.unparsed(outcome.badValues) : null;
      audience.members = outcome.members;
      audience.matched = outcome.matched;
      audience.usable = enough;
      audience.errorMessage = enough ? null : AUDIENCE_MESSAGES.tooSmall(minimumMatched);
    } else {
      operation.state = 'failed';
      operation.message = AUDIENCE_MESSAGES.changeTooSmall(minimumMatched);
      audience.errorMessage = operation.message;
    }
  }

  #typesFit(audience: Audience, operation: Operation): boolean {
    return this.#filesOf(operation).every((file) => sameType(file.calculateType, audience.calculateType));
  }

  #filesOf(operation: Operation): StoredFile[] {
    return operation.filePaths.flatMap((filePath) => this.#store.current.files[filePath] ?? []);
  }

  /** What the audience holds after this operation, by doing all applied ones again. */
  async #contentWith(audience: Audience, last: Operation): Promise<Outcome> {
    let members: Members = noMembers();
    let badValues = 0;
    for (const operation of audience.operations) {
      if (operation !== last && operation.state !== 'applied') continue;
      if (operation.action === 'REPLACE') members = noMembers();
      const bad = await this.#apply(operation, members);
      if (operation === last) badValues = bad;
    }
    return {
      members: countMembers(members),
      matched: matchedPeople(members, this.#store.current.settings.population),
      badValues,
    };
  }

  async #apply(operation: Operation, members: Members): Promise<number> {
    const removes = operation.action === 'REMOVE';
    let badValues = 0;
    for (const file of this.#filesOf(operation)) {
      const content = await readCustomerFile(
        this.#store.bytesOf(file.filePath),
        file.calculateType,
        (kind, key) => {
          if (removes) members[kind].remove(key, 0);
          else members[kind].add(key, 0);
        },
      );
      badValues += content.badValues;
    }
    return badValues;
  }
}
