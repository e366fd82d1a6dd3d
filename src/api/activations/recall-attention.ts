import { type ActivationRow, recordAttention } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';

const WAITS_FOR_A_PERSON: readonly string[] = ['waiting_for_reconnect', 'waiting_for_approval'];

/**
 * A run that was reset while it waits for a person has recorded what it asks before the end that was taken back, and does
 * not record it again: so it is asked. What no worker answers now is left to the next time.
 */
export async function recallAttention(
  { db, runs, logger }: { readonly db: Database; readonly runs: ActivationRuns; readonly logger: Logger },
  { id, phase, attention }: Pick<ActivationRow, 'id' | 'phase' | 'attention'>,
): Promise<void> {
  if (attention !== null || !WAITS_FOR_A_PERSON.includes(phase)) return;
  try {
    const asked = await runs.attentionOf(id);
    if (asked !== null) await recordAttention(db, id, { phase, attention: asked });
  } catch (error) {
    logger.info({ err: error, activationId: id }, 'what a run asks is not known yet');
  }
}
