import type { Attention } from '../activation/attention.js';
import { storedLedger } from '../activation/stored-ledger.js';
import { estimatePeople } from '../customer-file/distinct-estimate.js';
import { ledgerImbalance, sumLedgers } from '../customer-file/ledger.js';
import { preparedLedgers } from '../database/activation-progress.js';
import { ActivationFailure } from './activation-failure.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { loadActivation, loadPreparation } from './loaded-activation.js';
import {
  explainRejections,
  lookAtFile,
  refuseTooManyRejected,
  rejectedRowsQuestion,
} from './rejected-row-limit.js';

/** What the run needs to know of its file before it publishes. */
export interface ClosedLedger {
  /** About how many different people the file has; null where that decides nothing. */
  readonly people: number | null;
  /** What a person is to be asked, when the request wants that, and the limit of rejected rows is exceeded. */
  readonly overLimit: Omit<Attention, 'url'> | null;
}

/** Lets a run go on to TikTok's audience only if every row of the file is accounted for. */
export function closeLedger(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<ClosedLedger> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const preparation = await loadPreparation(deps.db, activation);
    const prepared = await preparedLedgers(deps.db, preparation.id);
    const parts = prepared.map(({ ledger }) => storedLedger.parse(ledger));
    const total = sumLedgers(parts);

    const imbalance =
      parts.length === preparation.partsTotal
        ? (ledgerImbalance(total) ?? rowsImbalance(total.rowsRead, preparation.rowsTotal))
        : `${parts.length} of ${preparation.partsTotal} parts have a ledger`;
    if (imbalance !== null) {
      throw new ActivationFailure(
        'ledger_unbalanced',
        `The account of the rows does not balance: ${imbalance}.`,
      );
    }
    const { rejectedRowPercent, overRejectedRows, audience, dryRun } = activation.request;
    const look = lookAtFile(deps, activation);
    if (overRejectedRows !== 'ask') {
      await refuseTooManyRejected(parts, preparation.rowsTotal, rejectedRowPercent, look);
    }
    if (total.rowsSent === 0) {
      throw new ActivationFailure(
        'nothing_to_send',
        `None of the ${total.rowsRead} rows is to be sent: ${total.rowsRejected} rejected, ${total.rowsExcluded} excluded, ${total.rowsBlank} blank. ${explainRejections({ ...(await look()), ledger: total })}`.trimEnd(),
      );
    }
    const shrinks = !dryRun && (audience.action === 'remove' || audience.action === 'replace');
    const sketches = prepared.flatMap(({ distinct }) => (distinct === null ? [] : [distinct]));
    return {
      people: shrinks ? estimatePeople(sketches, total.rowsSent) : null,
      // Nothing of a dry run is published, so there is nothing to ask.
      overLimit: dryRun ? null : await rejectedRowsQuestion(total, rejectedRowPercent, look),
    };
  };
}

function rowsImbalance(read: number, total: number): string | null {
  return read === total ? null : `${read} rows were prepared and ${total} were counted`;
}
