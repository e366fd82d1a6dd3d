import { z } from 'zod';
import { endAttention, HELP_WHILE_UNKNOWN, helpOncePublished } from '../../activation/end-attention.js';
import { partsPrefix } from '../../activation/object-keys.js';
import { type FinalPhase, isFinal } from '../../activation/phases.js';
import { type StoredRequest, storedRequest } from '../../activation/stored-request.js';
import {
  type ActivationRow,
  activationsEndedBadly,
  dispatchedActivations,
  findActivation,
  forgetDispatch,
  recordEnd,
  reopenActivation,
  wasCanceledBeforeStart,
} from '../../database/activations.js';
import { findConnection } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import { releaseLeases } from '../../database/preparations.js';
import { type ReceivedByTikTok, receivedByTikTok } from '../../database/received-by-tiktok.js';
import type { Logger } from '../../logger.js';
import { deleteObjects } from '../../storage/delete-objects.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { ActivationRuns, RunStanding } from '../../temporal/activation-runs.js';
import { recallPhase } from './recall-phase.js';

/** A run that Temporal has just accepted is given this long before it is looked for. */
const GRACE_MS = 10_000;
/** How long a run that failed or was cancelled is watched for a reset, which brings it back, and for a start that came late. */
const RESET_WATCH_MS = 24 * 60 * 60 * 1000;
/** The longest time between two slow checks of a run that waits for a sign-in: after it nothing needs a signal. */
const SIGNAL_AGAIN_MS = 15 * 60 * 1000;

/** What fails so often in a row is not about one activation: Temporal or the database is out of reach. */
const FAILURES_IN_A_ROW = 3;

const TERMINATED = 'terminated';

/** Compares what the database takes for open with what Temporal knows, and settles what differs. */
export interface Reconciler {
  /** What fails for one activation is logged, and the others are looked at. Throws when it fails for all of them. */
  reconcile(now: Date): Promise<void>;
  /** One activation, at once. Throws when Temporal cannot be reached. */
  settle(activationId: string): Promise<void>;
}

export function createReconciler(deps: {
  readonly db: Database;
  readonly store: ObjectStore;
  readonly runs: ActivationRuns;
  readonly logger: Logger;
  /** Aborted when the process stops: no other activation is looked at then. */
  readonly stopping: AbortSignal;
}): Reconciler {
  const { db, store, runs, logger, stopping } = deps;

  async function settleRow(row: ActivationRow): Promise<void> {
    const standing = await runs.look(row.id);
    if (standing.kind === 'open') await recallPhase(deps, row, standing.phase);
    else await settleEnded(row, standing);
  }

  async function settleEnded(row: ActivationRow, standing: Ended): Promise<void> {
    if (standing.kind === 'unknown' && (await forgetDispatch(db, row.id))) {
      logger.warn({ activationId: row.id }, 'a run that Temporal lost before it began is started again');
      return;
    }
    const end = endOf(standing, row, await receivedByTikTok(db, row.id));
    if (end.phase === 'completed') {
      for (const id of await releaseLeases(db, row.id)) await deleteObjects(store, partsPrefix(id));
    }
    await recordEnd(db, row.id, end);
    logger.warn({ activationId: row.id, standing, phase: end.phase }, 'a run that Temporal ended is settled');
  }

  /**
   * A reset makes a new run under the same id, which goes on with what is recorded. A run that was cancelled before Temporal
   * had taken it has none.
   */
  async function followEnded(row: ActivationRow): Promise<void> {
    const standing = await runs.look(row.id);
    if (wasCanceledBeforeStart(row)) {
      if (standing.kind === 'open') await runs.cancel(row.id);
      return;
    }
    if (standing.kind === 'unknown' || !isAnotherRun(standing.runId, row)) return;
    const goesOn = standing.kind === 'open' || (standing.kind === 'over' && standing.as === 'completed');
    if (!goesOn) return;
    const phase = standing.kind === 'open' && !isFinal(standing.phase) ? standing.phase : 'reporting';
    if (!(await reopenActivation(db, row.id, phase))) {
      // The retry does the work now; two of them would make two audiences.
      if (standing.kind === 'open') await runs.cancel(row.id);
      return;
    }
    logger.warn({ activationId: row.id, phase }, 'a run that had ended goes on after a reset');
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

  async function each(
    rows: readonly ActivationRow[],
    look: (row: ActivationRow) => Promise<void>,
  ): Promise<void> {
    let inARow = 0;
    for (const row of rows) {
      if (stopping.aborted) return;
      try {
        await look(row);
        inARow = 0;
      } catch (error) {
        inARow += 1;
        if (inARow === Math.min(FAILURES_IN_A_ROW, rows.length)) throw error;
        logger.error({ err: error, activationId: row.id }, 'a run could not be compared with Temporal');
      }
    }
  }

  return {
    async reconcile(now) {
      await each(await dispatchedActivations(db, new Date(now.getTime() - GRACE_MS)), async (row) => {
        await settleRow(row);
        await tellReconnected(row, now);
      });
      const since = new Date(now.getTime() - RESET_WATCH_MS);
      await each(await activationsEndedBadly(db, since), followEnded);
    },

    async settle(activationId) {
      const row = await findActivation(db, activationId);
      if (row?.finished_at === null && row.dispatched_at !== null) await settleRow(row);
    },
  };
}

/** A run that has recorded its own end is open in Temporal for a moment longer. One that was terminated recorded nothing. */
function isAnotherRun(runId: string, row: ActivationRow): boolean {
  if (row.failure !== null && storedFailure.parse(row.failure).code === TERMINATED) return true;
  return row.phase_run !== null && row.phase_run !== runId;
}

const storedFailure = z.object({ code: z.string() });

type Ended = Exclude<RunStanding, { kind: 'open' }>;

/** The run could not say itself what TikTok has of it: the database can. */
function endOf(
  standing: Ended,
  row: ActivationRow,
  received: ReceivedByTikTok,
): Parameters<typeof recordEnd>[2] {
  const { audience } = storedRequest.parse(row.request);
  const { phase, reason } = outcomeOf(standing);
  return {
    phase,
    failure:
      reason === null
        ? null
        : {
            code: TERMINATED,
            detail: reason,
            help: helpOf(audience, received),
          },
    attention: endAttention({
      outcome: phase,
      cutOff: true,
      action: audience.action,
      name: audience.name ?? null,
      audienceState: row.audience_state,
      words: row.audience_words,
      received,
    }),
  };
}

/** A retry is refused where TikTok has the request, or may have it. */
function helpOf(audience: StoredRequest['audience'], received: ReceivedByTikTok): string {
  if (received.published) return helpOncePublished(audience);
  return received.outcomeUnknown ? HELP_WHILE_UNKNOWN : RETRY_HELP;
}

const RETRY_HELP =
  'What was prepared is kept: retry the run. To stop runs, cancel them rather than terminate them.';

function outcomeOf(standing: Ended): { readonly phase: FinalPhase; readonly reason: string | null } {
  if (standing.kind === 'unknown') return { phase: 'failed', reason: 'Temporal no longer knows the run.' };
  switch (standing.as) {
    case 'completed':
    case 'canceled':
      return { phase: standing.as, reason: null };
    case 'terminated':
      return { phase: 'failed', reason: 'The run was terminated in Temporal.' };
    case 'timed_out':
      return { phase: 'failed', reason: 'The run was ended by a time limit of Temporal.' };
    case 'failed':
      return {
        phase: 'failed',
        reason: 'Temporal has the run as failed, and its reason was not recorded here.',
      };
  }
}
