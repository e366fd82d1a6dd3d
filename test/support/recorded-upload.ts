import { findActivation } from '../../src/database/activations.js';
import { recordDelivery } from '../../src/database/deliveries.js';
import type { Database } from '../../src/database/open-database.js';

/** Records, as the activity does, that TikTok has a part of what the run works on. */
export async function recordUpload(
  db: Database,
  upload: Omit<Parameters<typeof recordDelivery>[1], 'preparationId'>,
): Promise<void> {
  const row = await findActivation(db, upload.activationId);
  if (row?.preparation_id == null) throw new Error('the run has no preparation');
  await recordDelivery(db, { ...upload, preparationId: row.preparation_id });
}
