import { createHash } from 'node:crypto';
import { chooseLayout } from '../customer-file/choose-layout.js';
import { columnForms } from '../customer-file/inspection.js';
import type { CalculateType } from '../customer-file/output-layout.js';
import { ENGINE_VERSION, type Plan } from '../customer-file/plan.js';
import { newId } from '../database/ids.js';
import { findPreparation, leasePreparation, storeSplit } from '../database/preparations.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { refuseLaterEngine } from './engine-version.js';
import { heartbeating } from './heartbeating.js';
import { type LoadedActivation, loadActivation, loadPreparation, loadUpload } from './loaded-activation.js';
import { releaseParts } from './release-parts.js';
import { storedPlan } from './stored-plan.js';
import { inspectStoredUpload } from './stored-upload.js';
import { workOnUpload } from './upload-content.js';

export interface SplitInput extends ActivationInput {
  /** Of the audience to change; null when a new one is created. */
  readonly calculateType: CalculateType | null;
}

/** Fixes the plan, finds or makes the preparation for it, and cuts the upload into parts. */
export function splitUpload(deps: ActivityDependencies) {
  return async (input: SplitInput): Promise<{ rows: number; parts: number }> => {
    const { db } = deps;
    const activation = await loadActivation(db, input.activationId);
    const { request } = activation;
    const upload = await loadUpload(db, activation.uploadId);

    await heartbeating(async (signal) => {
      const { inspection, content } = await inspectStoredUpload(deps, activation, signal);
      const plan: Plan = {
        engine: ENGINE_VERSION,
        dialect: inspection.dialect,
        columns: request.columns,
        normalization: request.normalization,
        layout: chooseLayout(request.columns, columnForms(inspection, request.columns), input.calculateType),
        include: request.include,
        partBytes: deps.partBytes,
      };
      const key = createHash('sha256').update(upload.digest).update(JSON.stringify(plan)).digest('hex');
      await giveUpEarlierPlan(deps, activation, key);
      const preparation = await leasePreparation(db, {
        id: newId('pre'),
        key,
        uploadId: activation.uploadId,
        plan,
        activationId: activation.id,
        earlier: activation.preparationId,
      });
      if (preparation.rows_total !== null) return;
      await workOnUpload(deps.locks, `split ${preparation.id}`, () =>
        split(deps, { preparationId: preparation.id, contentKey: content.key, plan, signal }),
      );
    });

    const { rowsTotal, partsTotal } = await loadPreparation(db, await loadActivation(db, activation.id));
    return { rows: rowsTotal, parts: partsTotal };
  };
}

async function split(
  { db, store, engine }: ActivityDependencies,
  work: { preparationId: string; contentKey: string; plan: Plan; signal: AbortSignal },
): Promise<void> {
  const { preparationId, plan, signal } = work;
  // Another run may have split it between the look at the preparation and the lock.
  if ((await findPreparation(db, preparationId))?.rows_total != null) return;
  const local = await store.materialise(work.contentKey);
  try {
    const bytes = { path: local.path, position: local.position, firstByte: 0, length: local.length };
    await storeSplit(db, preparationId, await engine.splitUpload(bytes, plan, { signal }));
  } finally {
    await local.release();
  }
}

/** The parts that a run holds by another plan than this one are of no use any more. May be repeated. */
async function giveUpEarlierPlan(
  deps: ActivityDependencies,
  activation: LoadedActivation,
  key: string,
): Promise<void> {
  const { id, preparationId } = activation;
  if (preparationId === null) return;
  const earlier = await findPreparation(deps.db, preparationId);
  if (earlier === undefined || earlier.key === key) return;
  refuseLaterEngine(storedPlan.parse(earlier.plan).engine);
  await releaseParts(deps, preparationId, id);
}
