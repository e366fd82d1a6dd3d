import { ApplicationFailure } from '@temporalio/workflow';
import type { ClosedLedger } from '../activities/close-ledger.js';
import type { Approval, Question } from './approval.js';
import type { ActivateAudienceInput } from './messages.js';
import { removalQuestion } from './removal-question.js';
import type { RunStatus } from './run-status.js';
import { shrinkingQuestion } from './shrinking-question.js';

/** Before anything is uploaded: TikTok refuses a removal that leaves too few people. */
export async function confirmRemoval({ matched, rowsTotal }: RunStatus, approval: Approval): Promise<void> {
  const question = matched === null ? null : removalQuestion(matched, rowsTotal);
  await confirm(question, approval, () =>
    decided(
      'removal_rejected',
      'A person decided not to remove these people from the audience. Nothing was sent to TikTok.',
    ),
  );
}

/**
 * When the whole file is accounted for, and before anything is published.
 *
 * @param closed undefined in a run whose ledger was closed by an earlier release
 */
export async function confirmPublication(
  action: ActivateAudienceInput['action'],
  status: RunStatus,
  closed: ClosedLedger | undefined,
  approval: Approval,
): Promise<void> {
  if (closed === undefined) return;
  await confirm(closed.overLimit, approval, () =>
    decided(
      'rejected_row_limit',
      'More rows were rejected than the limit allows, and a person decided that nothing is published. The rejected rows are listed with their reasons.',
    ),
  );
  await confirm(shrinking(action, status, closed), approval, () =>
    decided('change_rejected', 'A person decided not to change the audience. It is as it was.'),
  );
}

function shrinking(
  action: ActivateAudienceInput['action'],
  { matched, rowsTotal }: RunStatus,
  { people }: ClosedLedger,
): Question | null {
  if (matched === null || people === null || (action !== 'replace' && action !== 'remove')) return null;
  // Nobody is asked twice about one removal.
  if (action === 'remove' && removalQuestion(matched, rowsTotal) !== null) return null;
  return shrinkingQuestion(action, matched, people);
}

async function confirm(
  question: Question | null,
  approval: Approval,
  rejected: () => ApplicationFailure,
): Promise<void> {
  if (question === null || (await approval.ask(question))) return;
  throw rejected();
}

function decided(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, nonRetryable: true, message });
}
