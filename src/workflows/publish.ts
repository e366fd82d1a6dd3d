import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { PublishInput } from '../activities/publish-audience.js';
import { tiktok, turn } from './activity-proxies.js';
import type { Approval } from './approval.js';
import { HistoryLong, historyLong } from './history-limit.js';
import type { ActivateAudienceInput } from './messages.js';
import type { ReconnectGate } from './reconnect-gate.js';
import { SweepExtraAudiences } from './sweep-extra-audiences.js';

/** A look that is this near is waited for also by a run that is cancelled, so that it can say what TikTok has. */
const NEAR_MS = 30_000;

const PUBLICATION: Readonly<Record<ActivateAudienceInput['action'], string>> = {
  create: 'Create the audience from the uploaded parts',
  append: 'Add the uploaded parts to the audience',
  remove: 'Remove the people in the uploaded parts from the audience',
  replace: 'Replace the content of the audience by the uploaded parts',
};

/**
 * Publishes exactly once: waits for its turn, makes the request, looks for it when its answer was missed, uploads again
 * what TikTok has lost, and asks a person what cannot be told. Throws `HistoryLong` when that is so: nothing is under way
 * then that the database does not know of, and another run goes on.
 */
export async function publish(
  input: ActivateAudienceInput,
  gate: ReconnectGate,
  approval: Approval,
): Promise<void> {
  const { activationId } = input;
  let repeats = 0;
  let approved: string | null = null;
  if (input.action !== 'create') await takeTurn(input, gate);
  for (;;) {
    if (historyLong(input)) throw new HistoryLong();
    const asked: PublishInput = { activationId, repeats, goAhead: approved !== null };
    // A publication that is cut off half-way would leave an audience that nobody knows.
    const step = await gate.run(() =>
      CancellationScope.nonCancellable(() =>
        tiktok.publishAudience.executeWithOptions({ summary: PUBLICATION[input.action] }, [asked]),
      ),
    );
    // The approval was for this attempt.
    if (approved !== null) approval.forget(approved);
    approved = null;
    switch (step.next) {
      case 'done':
        if (step.doubted && input.action === 'create') await sweepLater(input);
        return;
      case 'upload_again':
        repeats += 1;
        for (const part of step.parts) await uploadAgain(input, gate, part);
        break;
      case 'take_turn':
        await takeTurn(input, gate);
        break;
      case 'look':
        await untilLook(step.inMs);
        break;
      case 'ask':
        if (!(await approval.ask(step.attention))) throw rejected();
        approved = step.attention.code;
        break;
    }
  }
}

async function takeTurn({ activationId }: ActivateAudienceInput, gate: ReconnectGate): Promise<void> {
  const summary = 'Wait for the turn to change the audience: one run at a time';
  await gate.run(() => turn.awaitTurn.executeWithOptions({ summary }, [{ activationId }]));
}

async function uploadAgain(
  { activationId }: ActivateAudienceInput,
  gate: ReconnectGate,
  part: number,
): Promise<void> {
  const summary = `Upload part ${part + 1} again: TikTok no longer has it`;
  await gate.run(() => tiktok.uploadPart.executeWithOptions({ summary }, [{ activationId, part }]));
}

async function untilLook(inMs: number): Promise<void> {
  if (inMs === 0) return;
  const wait = () =>
    sleep(inMs, { summary: "TikTok's answer was missed: wait, then look whether it took the request" });
  await (inMs <= NEAR_MS ? CancellationScope.nonCancellable(wait) : wait());
}

/** In a run of its own, so that this one need not stay open for a day. */
async function sweepLater({ activationId }: ActivateAudienceInput): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() =>
      startChild(SweepExtraAudiences, {
        workflowId: `${activationId}-extras`,
        args: [{ activationId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: 'An answer of TikTok was missed: delete extra audiences that show up within a day',
      }),
    );
  } catch (error) {
    // A run that was reset comes here again.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function rejected(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'publication_rejected',
    nonRetryable: true,
    message:
      'A person decided that the publication is not to be repeated. TikTok may have taken the first request.',
  });
}
