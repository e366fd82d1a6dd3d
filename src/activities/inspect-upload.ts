import { chooseLayout } from '../customer-file/choose-layout.js';
import { columnForms } from '../customer-file/inspection.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { heartbeating } from './heartbeating.js';
import { loadActivation } from './loaded-activation.js';
import { inspectStoredUpload } from './stored-upload.js';

/**
 * Expands a packed file and reads the head of it, so that one that is not what it claims fails before anything is done
 * with it.
 */
export function inspectUpload(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<void> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const { columns } = activation.request;
    const { inspection } = await heartbeating((signal) => inspectStoredUpload(deps, activation, signal));
    chooseLayout(columns, columnForms(inspection, columns), null);
  };
}
