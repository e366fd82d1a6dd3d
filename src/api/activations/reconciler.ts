import { partsPrefix } from '../../activation/object-keys.js';
import { isFinal } from '../../activation/phases.js';
import { findRetry } from '../../database/accept-activations.js';
import {
  type ActivationRow,
  activationsFailedWith,
  dispatchedActivations,
  findActivation,
  recordEnd,
  reopenActivation,
} from '../../database/activations.js';
import { findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { releaseLeases } from '../../database/preparations.js';
import type { Logger } from '../../logger.js';
import { deleteObjects } from '../../storage/delete-objects.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { ActivationRuns, RunStanding } from '../../temporal/activation-runs.js';

/** A run that Temporal has just accepted is given this long before it is looked for. */
const GRACE_MS = 10_000;
/** How long a run that was terminated is watched for a reset, which brings it back. */
const RESET_WATCH_MS = 24 * 60 * 60 * 1000;
/** The longest time between two slow checks of a run that waits for a sign-in: after it nothing needs a signal. */
const SIGNAL_AGAIN_MS = 15 * 60 * 1000;

const TERMINATED = 'terminated';

/** Compares what the database takes for open with what Temporal knows, and settles what differs. */
export interface Reconciler {
  reconcile(now: Date): Promise<void>;
  /** One activation, at once. Throws when Temporal cannot be reached. */
  settle(activationId: string): Promise<void>;
}

export function createReconciler(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly runs: ActivationRuns;
  readonly logger: Logger;
}): Reconciler {
  const { db, store, runs, logger } = deps;

  async function settleRow(row: ActivationRow): Promise<void> {
    const standing = await runs.look(row.id);
    if (standing.kind === 'open') return;
    const end = endOf(standing);
    if (end.phase === 'completed') {
      for (const id of await releaseLeases(db, row.id)) await deleteObjects(store, partsPrefix(id));
    }
    await recordEnd(db, row.id, end);
    logger.warn({ activationId: row.id, standing, phase: end.phase }, 'a run that Temporal ended is settled');
  }

  /** A reset makes a new run under the same id, which goes on with what is recorded. */
  async function followReset(row: ActivationRow): Promise<void> {
    const standing = await runs.look(row.id);
    const goesOn = standing.kind === 'open' || (standing.kind === 'over' && standing.as === 'completed');
    if (!goesOn) return;
    if ((await findRetry(db, row.id)) !== undefined) {
      // The retry does the work now; two of them would make two audiences.
      if (standing.kind === 'open') await runs.cancel(row.id);
      return;
    }
    const phase = standing.kind === 'open' && !isFinal(standing.phase) ? standing.phase : 'reporting';
    await reopenActivation(db, row.id, phase);
    logger.warn({ activationId: row.id, phase }, 'a run that was terminated goes on after a reset');
    if (standing.kind === 'over') await settleRow(row);
  }

  /** The sign-in is recorded before the waiting runs are told; the process may have died in between. */
  async function tellReconnected(row: ActivationRow, now: Date): Promise<void> {
    if (row.phase !== 'waiting_for_reconnect') return;
    const connection = await findConnection(db, row.connection_id);
    const signedInAt = connection?.status === 'configured' ? connection.authorized_at : null;
    if (signedInAt == null || now.getTime() - signedInAt.getTime() > SIGNAL_AGAIN_MS) return;
    await runs.signal(row.id, 'reconnected');
  }

  return {
    async reconcile(now) {
      for (const row of await dispatchedActivations(db, new Date(now.getTime() - GRACE_MS))) {
        await settleRow(row);
        await tellReconnected(row, now);
      }
      const since = new Date(now.getTime() - RESET_WATCH_MS);
      for (const row of await activationsFailedWith(db, TERMINATED, since)) await followReset(row);
    },

    async settle(activationId) {
      const row = await findActivation(db, activationId);
      if (row?.finished_at === null && row.dispatched_at !== null) await settleRow(row);
    },
  };
}

type Ended = Exclude<RunStanding, { kind: 'open' }>;

function endOf(standing: Ended): Parameters<typeof recordEnd>[2] {
  if (standing.kind === 'unknown') return failed('Temporal no longer knows the run.');
  switch (standing.as) {
    case 'completed':
      return { phase: 'completed', failure: null, attention: null };
    case 'canceled':
      return { phase: 'canceled', failure: null, attention: null };
    case 'terminated':
      return failed('The run was terminated in Temporal.');
    case 'timed_out':
      return failed('The run was ended by a time limit of Temporal.');
    case 'failed':
      return failed('Temporal has the run as failed, and its reason was not recorded here.');
  }
}

function failed(detail: string): Parameters<typeof recordEnd>[2] {
  return {
    phase: 'failed',
    failure: {
      code: TERMINATED,
      detail,
      help: 'What was prepared is kept: retry the run. To stop runs, cancel them rather than terminate them.',
    },
    attention: null,
  };
}
