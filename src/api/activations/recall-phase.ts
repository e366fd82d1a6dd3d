import { isFinal, type Phase } from '../../activation/phases.js';
import { type ActivationRow, recordShown } from '../../database/activations.js';
import type { Database } from '../../database/open-database.js';
import type { Logger } from '../../logger.js';
import type { ActivationRuns } from '../../temporal/activation-runs.js';

const WAITS_FOR_A_PERSON: readonly string[] = ['waiting_for_reconnect', 'waiting_for_approval'];

/**
 * A run records each phase once. What it recorded of the present one can be gone: before an end that was taken back by a
 * reset, or overwritten by a record of an earlier run whose worker was frozen. So it is asked, when Temporal shows another
 * phase or a question is missing. What no worker answers now is left to the next time.
 */
export async function recallPhase(
  { db, runs, logger }: { readonly db: Database; readonly runs: ActivationRuns; readonly logger: Logger },
  { id, phase, attention }: Pick<ActivationRow, 'id' | 'phase' | 'attention'>,
  inTemporal: Phase,
): Promise<void> {
  const lacksQuestion = attention === null && WAITS_FOR_A_PERSON.includes(phase);
  if (phase === inTemporal && !lacksQuestion) return;
  try {
    const shown = await runs.shownBy(id);
    if (isFinal(shown.phase) || (shown.phase === phase && shown.attention === null)) return;
    await recordShown(db, id, phase, shown);
  } catch (error) {
    logger.info({ err: error, activationId: id }, 'what a run shows is not known yet');
  }
}
