import { z } from 'zod';
import type { ActivationRow } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import { findPreparation } from '../../database/preparations.js';
import { preparedFiles } from '../../database/prepared-files.js';
import type { Activation } from '../schemas/activation.js';

const plan = z.object({ layout: z.object({ calculateType: z.string() }) });

/** The look for room and the creation, and the renaming once the id is known. */
const CALLS_TO_CREATE = 3;
/** A look before the split, one when the turn has come, one for the history; then the change. */
const CALLS_TO_CHANGE = 4;

/** What a dry run would send to TikTok; null until it is known. */
export async function predict(
  db: Database,
  row: ActivationRow,
  action: Activation['audience']['action'],
): Promise<Activation['prediction']> {
  const preparation = row.preparation_id === null ? undefined : await findPreparation(db, row.preparation_id);
  if (preparation === undefined) return null;
  const files = await preparedFiles(db, preparation.id);
  return {
    calculateType: plan.parse(preparation.plan).layout.calculateType,
    files,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    calls: files.length + (action === 'create' ? CALLS_TO_CREATE : CALLS_TO_CHANGE),
  };
}
