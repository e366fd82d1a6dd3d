import { endAttention } from '../../activation/end-attention.js';
import { storedRequest } from '../../activation/stored-request.js';
import { type ActivationRow, recordCancelBeforeStart } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import { receivedByTikTok } from '../../database/received-by-tiktok.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';
import type { BackgroundTasks } from '../background-work.js';

/**
 * Ends a run in the database that Temporal has not taken yet. Returns whether it did; else the run is to be cancelled in
 * Temporal. A start that is under way at the same moment cancels what it has started when it comes to record that.
 */
export async function cancelBeforeStart(
  deps: { readonly db: Database; readonly runs: ActivationRuns; readonly background: BackgroundTasks },
  row: ActivationRow,
): Promise<boolean> {
  const { db, runs, background } = deps;
  const { audience } = storedRequest.parse(row.request);
  const attention = endAttention({
    outcome: 'canceled',
    cutOff: false,
    action: audience.action,
    name: audience.name ?? null,
    audienceState: null,
    words: null,
    received: await receivedByTikTok(db, row.id),
  });
  if (!(await recordCancelBeforeStart(db, row.id, attention))) return false;
  // Temporal may have taken a start whose answer was lost. What this does not reach, the reconciler finds.
  background.begin('cancelling what Temporal may have of a run', async () => {
    await runs.cancel(row.id);
  });
  return true;
}
