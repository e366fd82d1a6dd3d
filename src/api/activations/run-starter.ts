import { type StoredRequest, storedRequest } from '../../activation/stored-request.js';
import {
  type ActivationRow,
  findActivation,
  markDispatched,
  undispatchedActivations,
  wasCanceledBeforeStart,
} from '../../database/activations.js';
import { sandboxConnectionsAmong } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';

/** Parts prepared and uploaded at the same time: enough for one part's computing to overlap another's transfer. */
const LANES = 4;
const RECONNECT_WITHIN_MS = 30 * 24 * 60 * 60 * 1000;
/** Temporal warns of histories from 10,240 events on; a short history is read and replayed faster. */
const CONTINUE_AFTER_EVENTS = 3_000;
/** The request that recorded an activation starts it too, and is given this long before the dispatcher does. */
const GRACE_MS = 10_000;
/** Temporal's limit for a static summary. */
const LONGEST_TITLE_BYTES = 200;

/** Hands accepted activations to Temporal. */
export interface RunStarter {
  /** Starts a recorded activation. When Temporal is out of reach it stays queued, and the dispatcher tries again. */
  start(activationId: string): Promise<void>;
  /** Starts what Temporal has not accepted yet; begins with no other one once the process stops. */
  startUndispatched(now: Date): Promise<void>;
}

export function createRunStarter(deps: {
  readonly db: Database;
  readonly runs: ActivationRuns;
  readonly publicUrl: string;
  readonly logger: Logger;
  /** Aborted when the process stops. */
  readonly stopping: AbortSignal;
}): RunStarter {
  const { db, runs, publicUrl, logger, stopping } = deps;

  async function start(activationId: string): Promise<void> {
    const row = await findActivation(db, activationId);
    if (row === undefined || row.dispatched_at !== null || row.finished_at !== null) return;
    const request = storedRequest.parse(row.request);
    const simulation = (await sandboxConnectionsAmong(db, [row.connection_id])).size > 0;
    try {
      await runs.start(
        {
          activationId,
          connectionId: row.connection_id,
          advertiserId: row.advertiser_id,
          action: request.audience.action,
          dryRun: request.dryRun,
          simulation,
          lanes: LANES,
          reconnectWithinMs: RECONNECT_WITHIN_MS,
          consoleUrl: `${publicUrl}/activations/${activationId}`,
          continueAfterEvents: CONTINUE_AFTER_EVENTS,
        },
        titleOf(request, row, simulation),
      );
    } catch (error) {
      logger.warn({ err: error, activationId }, 'Temporal did not take an activation; it stays queued');
      return;
    }
    await markDispatched(db, activationId);
    const now = await findActivation(db, activationId);
    if (now === undefined || !wasCanceledBeforeStart(now)) return;
    try {
      await runs.cancel(activationId);
    } catch (error) {
      logger.warn(
        { err: error, activationId },
        'a run that was cancelled while it was started goes on for now',
      );
    }
  }

  return {
    start,
    async startUndispatched(now) {
      const waiting = await undispatchedActivations(db, new Date(now.getTime() - GRACE_MS));
      for (const { id } of waiting) {
        if (stopping.aborted) return;
        await start(id);
      }
    },
  };
}

/** One line for Temporal's Web UI. The audience's name is the marketer's own; the file's name stays out. */
function titleOf({ audience, dryRun }: StoredRequest, row: ActivationRow, simulation: boolean): string {
  const kind = simulation ? 'Simulation: ' : '';
  const dry = dryRun ? 'Dry run: ' : '';
  const again = row.retry_of === null ? '' : 'Again: ';
  return cut(`${kind}${dry}${again}${subject(audience)} from upload ${row.upload_id}`, LONGEST_TITLE_BYTES);
}

function subject({ action, name, audienceId }: StoredRequest['audience']): string {
  switch (action) {
    case 'create':
      return `Create audience “${name ?? ''}”`;
    case 'append':
      return `Append to audience ${audienceId ?? ''}`;
    case 'remove':
      return `Remove from audience ${audienceId ?? ''}`;
    case 'replace':
      return `Replace audience ${audienceId ?? ''}`;
  }
}

/** Cuts between characters, never inside one. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let length = 0;
  const kept: string[] = [];
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes - Buffer.byteLength('…')) break;
    kept.push(character);
  }
  return `${kept.join('')}…`;
}
