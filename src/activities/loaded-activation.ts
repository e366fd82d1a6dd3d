import { type StoredRequest, storedRequest } from '../activation/stored-request.js';
import { findActivation } from '../database/activations.js';
import type { Database } from '../database/open-database.js';
import { findPreparation } from '../database/preparations.js';
import { findUpload } from '../database/uploads.js';
import { ActivationFailure } from './activation-failure.js';

/** An activation as the activities use it. */
export interface LoadedActivation {
  readonly id: string;
  readonly uploadId: string;
  readonly connectionId: string;
  readonly advertiserId: string;
  readonly request: StoredRequest;
  readonly preparationId: string | null;
}

export async function loadActivation(db: Database, id: string): Promise<LoadedActivation> {
  const row = await findActivation(db, id);
  if (row === undefined) throw new Error(`there is no activation ${id} in the database`);
  return {
    id,
    uploadId: row.upload_id,
    connectionId: row.connection_id,
    advertiserId: row.advertiser_id,
    request: storedRequest.parse(row.request),
    preparationId: row.preparation_id,
  };
}

/** The size and digest of the activation's upload, which is complete: the API accepts no other. */
export async function loadUpload(db: Database, uploadId: string): Promise<{ size: number; digest: string }> {
  const row = await findUpload(db, uploadId);
  if (row === undefined || row.removed_at !== null || row.digest === null) {
    throw new ActivationFailure('upload_gone', `The upload ${uploadId} has expired or was deleted.`);
  }
  return { size: row.size, digest: row.digest };
}

/** The preparation that a split left behind. */
export async function loadPreparation(db: Database, activation: LoadedActivation) {
  if (activation.preparationId === null) throw new Error(`activation ${activation.id} is not split yet`);
  const row = await findPreparation(db, activation.preparationId);
  if (row === undefined || row.rows_total === null || row.parts_total === null) {
    throw new Error(`activation ${activation.id} is not split yet`);
  }
  const { id, plan, rows_total: rowsTotal, parts_total: partsTotal, discarded_at: discardedAt } = row;
  return { id, plan, rowsTotal, partsTotal, discarded: discardedAt !== null };
}
