import { activityInfo } from '@temporalio/activity';
import type { Attention, RunFailure } from '../activation/attention.js';
import { endAttention } from '../activation/end-attention.js';
import { partsPrefix } from '../activation/object-keys.js';
import type { FinalPhase } from '../activation/phases.js';
import { storedRequest } from '../activation/stored-request.js';
import { type ActivationRow, findActivation, recordEnd } from '../database/activations.js';
import type { Database } from '../database/open-database.js';
import { findPreparation, releaseLeases } from '../database/preparations.js';
import { preparedFiles } from '../database/prepared-files.js';
import { receivedByTikTok } from '../database/received-by-tiktok.js';
import { deleteObjects } from '../storage/delete-objects.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { failureHelp } from './failure-help.js';
import { storedPlan } from './stored-plan.js';

export interface EndInput extends ActivationInput {
  readonly outcome: FinalPhase;
  readonly failure: RunFailure | null;
}

/** What became of a run: its result in Temporal. Runs of earlier releases have none. */
export interface RunReport {
  readonly dryRun: boolean;
  /** The files that TikTok received, or would have received from a dry run; null when none were prepared. */
  readonly files: {
    readonly number: number;
    readonly rows: number;
    readonly bytes: number;
    readonly calculateType: string;
  } | null;
  readonly audience: {
    readonly id: string;
    readonly state: string | null;
    readonly matched: number | null;
  } | null;
  readonly attention: Attention | null;
  readonly failure: RunFailure | null;
}

/** Records the end. A completed run gives up what it holds, and staged parts that nobody else uses are deleted. */
export function endActivation(deps: ActivityDependencies) {
  return async (input: EndInput): Promise<RunReport> => {
    const { db, store } = deps;
    const row = await findActivation(db, input.activationId);
    if (row === undefined) throw new Error(`there is no activation ${input.activationId} in the database`);
    // What a failed or cancelled run has prepared is kept for a retry; the API's sweep deletes it in the end.
    if (input.outcome === 'completed') {
      for (const id of await releaseLeases(db, row.id)) await deleteObjects(store, partsPrefix(id));
    }
    const { audience, dryRun } = storedRequest.parse(row.request);
    const received = await receivedByTikTok(db, row.id);
    const attention = endAttention({
      outcome: input.outcome,
      cutOff: false,
      action: audience.action,
      name: audience.name ?? null,
      audienceState: row.audience_state,
      words: row.audience_words,
      received,
    });
    const failure =
      input.failure === null
        ? null
        : {
            requestId: null,
            ...input.failure,
            help: failureHelp(input.failure, { action: audience.action, received }),
          };
    const runId = activityInfo().workflowExecution?.runId ?? null;
    await recordEnd(db, row.id, { phase: input.outcome, failure, attention, runId });
    return {
      dryRun,
      files: await filesOf(db, row),
      audience: audienceOf(row),
      attention,
      failure,
    };
  };
}

async function filesOf(db: Database, { preparation_id: id }: ActivationRow): Promise<RunReport['files']> {
  const preparation = id === null ? undefined : await findPreparation(db, id);
  if (preparation === undefined) return null;
  const files = await preparedFiles(db, preparation.id);
  return {
    number: files.length,
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    calculateType: storedPlan.parse(preparation.plan).layout.calculateType,
  };
}

function audienceOf(row: ActivationRow): RunReport['audience'] {
  if (row.audience_id === null) return null;
  return { id: row.audience_id, state: row.audience_state, matched: row.audience_matched };
}
