import { rm } from 'node:fs/promises';
import { partKey, rejectedKey } from '../activation/object-keys.js';
import { storedLedger } from '../activation/stored-ledger.js';
import type { PreparedPart } from '../customer-file/ledger.js';
import type { PartRange } from '../customer-file/plan.js';
import { preparedLedgers } from '../database/activation-progress.js';
import {
  claimPart,
  dropClaim,
  findPart,
  type PartRow,
  prolongClaim,
  recordPrepared,
} from '../database/preparation-parts.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { requireEngineOf } from './engine-version.js';
import { heartbeating } from './heartbeating.js';
import { type LoadedActivation, loadActivation, loadPreparation, loadUpload } from './loaded-activation.js';
import { lookAtFile, refuseTooManyRejected } from './rejected-row-limit.js';
import { storedPlan } from './stored-plan.js';
import { uploadContent } from './upload-content.js';

/** Longer than the time in which Temporal notices a dead worker, so that only a dead claim is taken over. */
const CLAIM_MS = 60_000;

export interface PartInput extends ActivationInput {
  /** Index from 0. */
  readonly part: number;
}

export interface PreparedRows {
  readonly rowsSent: number;
  readonly rowsRejected: number;
}

/** Another run prepares the same part for the same preparation at this moment. */
export class PartBusyError extends Error {
  override readonly name = 'PartBusyError';
}

/**
 * Normalises and hashes one part into the object store. A part that is recorded as prepared is not prepared again,
 * whichever run asked for it, and whichever release did it; one that is not is made by the release that planned it alone.
 * Stops the run as soon as its limit of rejected rows is certain to be exceeded, unless a person is to be asked at the end.
 */
export function preparePart(deps: ActivityDependencies) {
  return async (input: PartInput): Promise<PreparedRows> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const preparation = await loadPreparation(deps.db, activation);
    const row = await partRow(deps, preparation.id, input.part);
    if (row.prepared_at === null) await prepare(deps, activation, { ...preparation, row });

    const prepared = await partRow(deps, preparation.id, input.part);
    const { rejectedRowPercent, overRejectedRows } = activation.request;
    if (overRejectedRows !== 'ask') {
      const ledgers = (await preparedLedgers(deps.db, preparation.id)).map(({ ledger }) =>
        storedLedger.parse(ledger),
      );
      const look = lookAtFile(deps, activation);
      await refuseTooManyRejected(ledgers, preparation.rowsTotal, rejectedRowPercent, look);
    }
    const { rowsSent, rowsRejected } = storedLedger.parse(prepared.ledger);
    return { rowsSent, rowsRejected };
  };
}

async function prepare(
  deps: ActivityDependencies,
  activation: LoadedActivation,
  work: { id: string; plan: object; row: PartRow },
): Promise<void> {
  const { db } = deps;
  requireEngineOf(storedPlan.parse(work.plan));
  const index = work.row.part_index;
  const claim = { activationId: activation.id, forMs: CLAIM_MS };
  if (!(await claimPart(db, work.id, index, claim))) {
    if ((await partRow(deps, work.id, index)).prepared_at !== null) return;
    throw new PartBusyError(`part ${index + 1} is being prepared by another run`);
  }
  try {
    const prepared = await heartbeating(
      (signal) => makePart(deps, activation, work, signal),
      () => prolongClaim(db, work.id, index, claim),
    );
    await recordPrepared(db, work.id, index, prepared);
  } catch (error) {
    await dropClaim(db, work.id, index, activation.id);
    throw error;
  }
}

async function makePart(
  deps: ActivityDependencies,
  activation: LoadedActivation,
  work: { id: string; plan: object; row: PartRow },
  signal: AbortSignal,
): Promise<PreparedPart> {
  const { store, engine } = deps;
  const part = rangeOf(work.row);
  const { size } = await loadUpload(deps.db, activation.uploadId);
  const content = await uploadContent(deps, { id: activation.uploadId, size }, signal);
  const source = await store.materialise(content.key, { start: part.start, end: part.end });
  const outputPath = await store.scratchFile();
  const rejectedPath = await store.scratchFile();
  try {
    const prepared = await engine.preparePart(
      {
        source: {
          path: source.path,
          position: source.position,
          firstByte: part.start,
          length: source.length,
        },
        plan: storedPlan.parse(work.plan),
        part,
        outputPath,
        rejectedPath,
      },
      { signal },
    );
    await store.publish(rejectedKey(work.id, part.index), rejectedPath);
    await store.publish(partKey(work.id, part.index), outputPath);
    return prepared;
  } finally {
    await Promise.all([rm(outputPath, { force: true }), rm(rejectedPath, { force: true }), source.release()]);
  }
}

async function partRow(deps: ActivityDependencies, preparationId: string, index: number): Promise<PartRow> {
  const row = await findPart(deps.db, preparationId, index);
  if (row === undefined) throw new Error(`preparation ${preparationId} has no part ${index + 1}`);
  return row;
}

function rangeOf(row: PartRow): PartRange {
  return {
    index: row.part_index,
    start: row.range_start,
    end: row.range_end,
    firstLine: row.first_line,
    firstRow: row.first_row,
    rows: row.rows,
  };
}
