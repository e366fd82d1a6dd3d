import { storedLedger } from '../../activation/stored-ledger.js';
import type { ActivationRow } from '../../database/activations.js';
import { listDeliveries } from '../../database/deliveries.js';
import type { Database } from '../../database/open-database.js';
import { listParts } from '../../database/preparation-parts.js';
import type { Part } from '../schemas/part.js';

/** The ledger of an activation by part; empty before the split. */
export async function viewParts(db: Database, activation: ActivationRow): Promise<Part[]> {
  if (activation.preparation_id === null) return [];
  const parts = await listParts(db, activation.preparation_id);
  const deliveries = new Map(
    (await listDeliveries(db, activation.id)).map((delivery) => [delivery.part_index, delivery]),
  );
  return parts.map((part) => {
    const delivery = deliveries.get(part.part_index);
    return {
      index: part.part_index,
      firstLine: part.first_line,
      rows: part.rows,
      attempts: part.attempts,
      bytes: part.bytes,
      md5: part.md5,
      preparedAt: part.prepared_at?.toISOString() ?? null,
      uploadedAt: delivery?.uploaded_at.toISOString() ?? null,
      filePath: delivery?.file_path ?? null,
      requestId: delivery?.request_id ?? null,
      ledger: part.ledger === null ? null : storedLedger.parse(part.ledger),
    };
  });
}
