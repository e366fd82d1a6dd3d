import type { CallLog } from './call-log.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import type { Processing } from './processing.js';
import type { StateStore } from './state.js';

/** What every route of the sandbox works with. */
export interface World {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly calls: CallLog;
  readonly processing: Processing;
  readonly log: Logger;
}
