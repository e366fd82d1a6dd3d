import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  isCancellation,
  type SignalDefinition,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { RunReport } from '../activities/end-activation.js';
import { core, cpu, tiktok, work } from './activity-proxies.js';
import { Approval } from './approval.js';
import { confirmPublication, confirmRemoval } from './confirmations.js';
import { deliver } from './deliver.js';
import { EarlySignals } from './early-signals.js';
import { planOutdated, runFailed, runFailure } from './failures.js';
import { HistoryLong, waitFor } from './history-limit.js';
import { match } from './match.js';
import {
  type ActivateAudienceInput,
  approve,
  type CarriedState,
  pause,
  progress,
  questionOf,
  reconnected,
  reject,
  resume,
} from './messages.js';
import { publish } from './publish.js';
import { ReconnectGate } from './reconnect-gate.js';
import { RunStatus } from './run-status.js';

// biome-ignore lint/performance/noBarrelFile: Temporal knows the workflows by the exports of this file
export { SweepExtraAudiences } from './sweep-extra-audiences.js';

/**
 * One activation, from the uploaded file to the audience that TikTok has matched. The story is told here; the
 * activities do the work and write what becomes of it into the database. A run that gets long continues as a new one
 * where nothing is half done.
 */
export async function ActivateAudience(input: ActivateAudienceInput): Promise<RunReport | undefined> {
  const status = new RunStatus(input);
  const gate = new ReconnectGate(input, status);
  const approval = new Approval(input, status);

  const early = new EarlySignals();
  const onSignal = (
    signal: SignalDefinition<[unknown?]>,
    handle: (sent: unknown) => void | Promise<void>,
    description: string,
  ) => setHandler(signal, early.handler(signal.name, handle), { description });
  onSignal(
    reconnected,
    () => gate.reconnected(),
    'Somebody signed in at TikTok again: look now and go on. Takes no argument.',
  );
  onSignal(
    pause,
    () => status.setPaused(true),
    'Begin nothing new until the signal resume; what is under way is finished. Takes no argument.',
  );
  onSignal(resume, () => status.setPaused(false), 'Go on after a pause. Takes no argument.');
  onSignal(
    approve,
    (sent) => approval.answer(true, questionOf(sent)),
    'Yes, to what the run asks (phase waiting_for_approval). Takes no argument.',
  );
  onSignal(
    reject,
    (sent) => approval.answer(false, questionOf(sent)),
    'No, to what the run asks: it ends. Takes no argument.',
  );
  early.handOut();
  setHandler(progress, () => status.progress(), { description: 'Phase, parts and rows so far.' });

  try {
    await activate(input, status, gate, approval).catch((error: unknown) => {
      if (!(error instanceof HistoryLong)) throw error;
      return continueAsNext(input, status, () => ({
        ...status.carried(),
        ...gate.carried(),
        approval: approval.carried(),
      }));
    });
    await status.enter('reporting');
    const report: RunReport | undefined = await core.endActivation.executeWithOptions(
      work('Record the result and delete staged parts'),
      [{ activationId: input.activationId, outcome: 'completed', failure: null }],
    );
    await status.finish('completed');
    return report;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    // Work that fails while it is stopped is not tried again, and not what the run ends for.
    const outcome =
      CancellationScope.current().consideredCancelled || isCancellation(error) ? 'canceled' : 'failed';
    const failure = outcome === 'failed' ? runFailure(error) : null;
    const report: RunReport | undefined = await CancellationScope.nonCancellable(() =>
      core.endActivation.executeWithOptions({ summary: `Clean up: the run is ${outcome}` }, [
        {
          activationId: input.activationId,
          outcome,
          failure,
        },
      ]),
    );
    // What is to be done about a failure depends on what TikTok has received.
    await status.finish(outcome, report?.failure ?? failure);
    // Temporal's Web UI shows the message of the failure itself; that of an activity only says that one failed.
    if (failure !== null) throw runFailed(failure, error);
    throw isCancellation(error) ? error : new CancelledFailure('The run was cancelled.', [], error);
  }
}

async function activate(
  input: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
  approval: Approval,
): Promise<void> {
  const { activationId, action, dryRun } = input;
  const notPaused = () => waitFor(input, () => !status.paused);

  if (status.parts === 0) {
    await status.enter('inspecting');
    await cpu.inspectUpload.executeWithOptions(
      work('Read the head of the file: encoding, columns, identifiers'),
      [{ activationId }],
    );
    const destination = dryRun
      ? null
      : await gate.run(() =>
          tiktok.checkDestination.executeWithOptions(
            work('Check the advertiser and the audience at TikTok'),
            [{ activationId }],
          ),
        );
    status.matched = destination?.matched ?? null;
    await notPaused();
    await status.enter('splitting');
    const split = await cpu.splitUpload.executeWithOptions(
      work('Count the rows and cut the file into parts'),
      [{ activationId, calculateType: destination?.calculateType ?? null }],
    );
    status.parts = split.parts;
    status.rowsTotal = split.rows;
  }

  if (status.working === 'splitting') {
    if (action === 'remove') await confirmRemoval(status, approval);
    await status.enter('delivering');
  }

  if (status.working === 'delivering') {
    await deliver(input, status, gate).catch(async (error: unknown) => {
      if (!planOutdated(error)) throw error;
      await notPaused().catch((long: unknown) => {
        // The next run goes on pausing. Continued in any other way, it would never take the parts that were stopped again.
        if (!(long instanceof HistoryLong)) throw long;
      });
      await beginAnew(input, status, approval);
    });
    const closed = await core.closeLedger.executeWithOptions(
      { summary: 'Check that every row is accounted for' },
      [{ activationId }],
    );
    if (dryRun) return;
    await confirmPublication(action, status, closed, approval);
    await notPaused();
    await status.enter('publishing');
  }

  if (status.working === 'publishing') {
    await publish(input, status, gate, approval);
    await status.enter('matching');
  }

  await match(input, status, gate);
}

/**
 * After an upgrade of the engine in the middle of a delivery: parts of two versions must not come into one audience, and
 * nothing is published yet. The split gives up what the earlier plan made.
 */
async function beginAnew(
  input: ActivateAudienceInput,
  status: RunStatus,
  approval: Approval,
): Promise<never> {
  return continueAsNext(input, status, () => ({
    phase: 'queued',
    paused: status.paused,
    parts: 0,
    rowsTotal: 0,
    nextPart: 0,
    totals: { partsUploaded: 0, rowsSent: 0, rowsRejected: 0 },
    polling: null,
    approval: approval.carried(),
  }));
}

/** `carried` is asked last, so that it holds what every signal said. */
async function continueAsNext(
  input: ActivateAudienceInput,
  status: RunStatus,
  carried: () => CarriedState,
): Promise<never> {
  do {
    await condition(allHandlersFinished);
    await status.settled();
  } while (!allHandlersFinished());
  return continueAsNew<typeof ActivateAudience>({ ...input, carried: carried() });
}
