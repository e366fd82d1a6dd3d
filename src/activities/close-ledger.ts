import { storedLedger } from '../activation/stored-ledger.js';
import { ledgerImbalance, sumLedgers } from '../customer-file/ledger.js';
import { preparedLedgers } from '../database/activation-progress.js';
import { ActivationFailure } from './activation-failure.js';
import type { ActivationInput, ActivityDependencies } from './dependencies.js';
import { loadActivation, loadPreparation } from './loaded-activation.js';
import { explainRejections, lookAtFile, refuseTooManyRejected } from './rejected-row-limit.js';

/** Lets a run go on to TikTok's audience only if every row of the file is accounted for. */
export function closeLedger(deps: ActivityDependencies) {
  return async (input: ActivationInput): Promise<void> => {
    const activation = await loadActivation(deps.db, input.activationId);
    const preparation = await loadPreparation(deps.db, activation);
    const parts = (await preparedLedgers(deps.db, preparation.id)).map(({ ledger }) =>
      storedLedger.parse(ledger),
    );
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
    const { rejectedRowPercent } = activation.request;
    const look = lookAtFile(deps, activation);
    await refuseTooManyRejected(parts, preparation.rowsTotal, rejectedRowPercent, look);
    if (total.rowsSent === 0) {
      throw new ActivationFailure(
        'nothing_to_send',
        `None of the ${total.rowsRead} rows is to be sent: ${total.rowsRejected} rejected, ${total.rowsExcluded} excluded, ${total.rowsBlank} blank. ${explainRejections({ ...(await look()), ledger: total })}`.trimEnd(),
      );
    }
  };
}

function rowsImbalance(read: number, total: number): string | null {
  return read === total ? null : `${read} rows were prepared and ${total} were counted`;
}
