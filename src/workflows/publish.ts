import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ParentClosePolicy,
  patched,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { Publication, PublishInput } from '../activities/publish-audience.js';
import { tiktok, turn, work } from './activity-proxies.js';
import type { Approval } from './approval.js';
import { HistoryLong, historyLong, waitFor } from './history-limit.js';
import type { ActivateAudienceInput } from './messages.js';
import type { ReconnectGate } from './reconnect-gate.js';
import type { RunStatus } from './run-status.js';
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
 * Since then a pause holds also while a run publishes, and a run that is cancelled asks TikTok for nothing new
 * (docs/changing-workflows.md tells when this may go).
 */
const HELD_BY_PEOPLE = 'publication-held-by-people';

/** Since then a pause holds also what is uploaded again. */
const REPEATS_HELD_BY_PEOPLE = 'repeats-held-by-people';

/** Since then a run that is cancelled long before its next look at TikTok takes that look before it ends. */
const LAST_LOOK = 'last-look-of-a-cancelled-run';

/** Since then a run that is cancelled while it waits to ask once more looks first what TikTok took before. */
const LOOK_BEFORE_THE_END = 'look-before-the-end-of-a-cancelled-run';

/** TikTok sometimes calls an audience editable and refuses its change all the same. */
const REFUSED_TURN_MS = 30_000;

/**
 * Publishes exactly once: waits for its turn, makes the request, looks for it when its answer was missed, uploads again
 * what TikTok has lost, and asks a person what cannot be told. A run that is cancelled only finds out what TikTok has
 * taken. Throws `HistoryLong` when the history is long: nothing is under way then that the database does not know of, and
 * another run goes on.
 */
export async function publish(
  input: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
  approval: Approval,
): Promise<void> {
  const { activationId } = input;
  const held = patched(HELD_BY_PEOPLE);
  let approved: string | null = null;
  let found: Publication | null = null;
  let renewed = false;
  if (input.action !== 'create') {
    // An earlier run of the chain, or the run that this one was reset from, may have asked.
    const before: PublishInput = { activationId, repeats: status.repeats, renewed, goAhead: false };
    try {
      await takeTurn(input, status, gate);
    } catch (error) {
      found = await foundInstead(error, before);
    }
  }
  for (;;) {
    if (found === null && historyLong(input)) throw new HistoryLong();
    const { repeats } = status;
    const asked: PublishInput = { activationId, repeats, renewed, goAhead: approved !== null };
    const call = () => tiktok.publishAudience.executeWithOptions(work(PUBLICATION[input.action]), [asked]);
    const attempt = () =>
      held
        ? gate
            .run(async () => {
              await waitFor(input, () => !status.paused);
              return call();
            })
            .catch((error: unknown) => afterCancellation(error, asked))
        : // A publication that is cut off half-way would leave an audience that nobody knows.
          gate.run(() => CancellationScope.nonCancellable(call));
    const step: Publication = found ?? (await attempt());
    found = null;
    renewed = step.next === 'upload_again';
    // The approval was for this attempt, and holds for the next one where TikTok was not asked.
    if (approved !== null && step.next !== 'take_turn' && step.next !== 'upload_again') {
      approval.forget(approved);
      approved = null;
    }
    switch (step.next) {
      case 'done':
        if (step.doubted && input.action === 'create') await sweepLater(input);
        return;
      case 'nothing':
        throw new CancelledFailure('The run was cancelled before TikTok was known to have taken anything.');
      case 'upload_again':
        if (step.lost) status.repeats += 1;
        try {
          for (const part of step.parts) {
            // What is left of them is asked for again.
            if (held && historyLong(input)) throw new HistoryLong();
            if (patched(REPEATS_HELD_BY_PEOPLE)) await waitFor(input, () => !status.paused);
            await uploadAgain(input, status, gate, part);
          }
        } catch (error) {
          found = await foundInstead(error, asked);
        }
        break;
      case 'take_turn':
        try {
          if (held)
            await sleep(REFUSED_TURN_MS, { summary: 'TikTok does not let the audience be changed now' });
          await takeTurn(input, status, gate);
        } catch (error) {
          found = await foundInstead(error, asked);
        }
        break;
      case 'look':
        found = await foundWhenDue(step.inMs, asked);
        break;
      case 'ask':
        if (!(await approval.ask(step.attention))) throw rejected();
        approved = step.attention.code;
        break;
    }
  }
}

/** Nothing new is asked of TikTok once the run is cancelled; what was asked before is looked for to the end. */
async function afterCancellation(error: unknown, asked: PublishInput): Promise<Publication> {
  if (!CancellationScope.current().consideredCancelled || error instanceof HistoryLong) throw error;
  return CancellationScope.nonCancellable(async () => {
    for (;;) {
      const step = await tiktok.publishAudience.executeWithOptions(
        work('The run is cancelled: find out what TikTok has taken'),
        [{ ...asked, lookOnly: true }],
      );
      if (step.next !== 'look') return step;
      await untilLook(Math.min(step.inMs, NEAR_MS));
    }
  });
}

/** What TikTok has, when the run was cancelled before its next request. Throws any other failure. */
async function foundInstead(error: unknown, asked: PublishInput): Promise<Publication> {
  if (!CancellationScope.current().consideredCancelled || !patched(LOOK_BEFORE_THE_END)) throw error;
  return afterCancellation(error, asked);
}

/** Waits for the next look. Null when it is due; what TikTok has, when the run was cancelled before. */
async function foundWhenDue(inMs: number, asked: PublishInput): Promise<Publication | null> {
  try {
    await untilLook(inMs);
    return null;
  } catch (error) {
    if (!patched(LAST_LOOK)) throw error;
    return afterCancellation(error, asked);
  }
}

async function takeTurn(
  { activationId }: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
): Promise<void> {
  const summary = 'Wait for the turn to change the audience: one run at a time';
  const ended = status.waiting(
    'Waiting until no other run changes the audience and TikTok is done with earlier changes',
  );
  try {
    await gate.run(() => turn.awaitTurn.executeWithOptions({ summary }, [{ activationId }]));
  } finally {
    ended();
  }
}

async function uploadAgain(
  { activationId }: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
  part: number,
): Promise<void> {
  const summary = `Upload part ${part + 1} again: TikTok no longer has it`;
  const ended = status.waiting(`TikTok no longer has part ${part + 1}, so it is uploaded again first`);
  try {
    await gate.run(() => tiktok.uploadPart.executeWithOptions(work(summary), [{ activationId, part }]));
  } finally {
    ended();
  }
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
