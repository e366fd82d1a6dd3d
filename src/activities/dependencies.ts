import type { ConnectionAccess } from '../connections/access.js';
import type { PreparedPart } from '../customer-file/ledger.js';
import type { LocalBytes, PartRange, Plan, Split } from '../customer-file/plan.js';
import type { Database } from '../database/open-database.js';
import type { SessionLocks } from '../database/session-locks.js';
import type { ObjectStore } from '../storage/object-store.js';

export interface WorkOptions {
  readonly signal: AbortSignal;
}

/** The parts of the engine that need a processor to themselves; the worker runs them in threads. */
export interface Engine {
  splitUpload(bytes: LocalBytes, plan: Plan, options: WorkOptions): Promise<Split>;
  preparePart(
    work: { source: LocalBytes; plan: Plan; part: PartRange; outputPath: string; rejectedPath: string },
    options: WorkOptions,
  ): Promise<PreparedPart>;
}

export interface ActivityDependencies {
  readonly db: Database;
  readonly locks: SessionLocks;
  readonly store: ObjectStore;
  readonly access: ConnectionAccess;
  readonly engine: Engine;
  /** The largest a part may be, for plans made from now on. */
  readonly partBytes: number;
}

/** What every activity is told. */
export interface ActivationInput {
  readonly activationId: string;
}
