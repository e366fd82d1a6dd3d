import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { core, cpu, tiktok } from './activity-proxies.js';
import { deliver } from './deliver.js';
import { runFailure } from './failures.js';
import { type ActivateAudienceInput, pause, progress, reconnected, resume } from './messages.js';
import { pollDelayMs } from './poll-delay.js';
import { ReconnectGate } from './reconnect-gate.js';
import { RunStatus } from './run-status.js';

/**
 * One activation, from the uploaded file to the audience that TikTok has matched. The story is told here; the
 * activities do the work and write what becomes of it into the database. A run that gets long continues as a new one
 * where nothing is half done.
 */
export async function ActivateAudience(input: ActivateAudienceInput): Promise<void> {
  const status = new RunStatus(input);
  const gate = new ReconnectGate(input, status);

  setHandler(reconnected, () => gate.reconnected(), {
    description: 'Somebody signed in at TikTok again: look now and go on. Takes no argument.',
  });
  setHandler(pause, () => status.setPaused(true), {
    description:
      'Begin nothing new until the signal resume; what is under way is finished. Takes no argument.',
  });
  setHandler(resume, () => status.setPaused(false), {
    description: 'Go on after a pause. Takes no argument.',
  });
  setHandler(progress, () => status.progress(), { description: 'Phase, parts and rows so far.' });

  try {
    await activate(input, status, gate);
    await status.enter('reporting');
    await core.endActivation.executeWithOptions({ summary: 'Report the result' }, [
      { activationId: input.activationId, outcome: 'completed', failure: null },
    ]);
    await status.finish('completed');
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const outcome = isCancellation(error) ? 'canceled' : 'failed';
    await CancellationScope.nonCancellable(() =>
      core.endActivation.executeWithOptions({ summary: `Clean up: the run is ${outcome}` }, [
        {
          activationId: input.activationId,
          outcome,
          failure: outcome === 'failed' ? runFailure(error) : null,
        },
      ]),
    );
    await status.finish(outcome);
    throw error;
  }
}

async function activate(input: ActivateAudienceInput, status: RunStatus, gate: ReconnectGate): Promise<void> {
  const { activationId, dryRun } = input;
  const notPaused = () => condition(() => !status.paused);

  if (input.carried === undefined) {
    await status.enter('inspecting');
    await cpu.inspectUpload.executeWithOptions({ summary: 'Read the head of the file' }, [{ activationId }]);
    const destination = dryRun
      ? null
      : await gate.run(() =>
          tiktok.checkDestination.executeWithOptions({ summary: 'Check advertiser and audience' }, [
            { activationId },
          ]),
        );
    await notPaused();
    await status.enter('splitting');
    const split = await cpu.splitUpload.executeWithOptions({ summary: 'Count the rows, cut into parts' }, [
      { activationId, calculateType: destination?.calculateType ?? null },
    ]);
    status.parts = split.parts;
    status.rowsTotal = split.rows;
    await status.enter('delivering');
  }

  if (status.working === 'delivering') {
    const nextPart = await deliver(input, status, gate);
    if (nextPart < status.parts) await continueFrom(input, status, nextPart, null);
    await core.closeLedger.executeWithOptions({ summary: 'Check that every row is accounted for' }, [
      { activationId },
    ]);
    if (dryRun) return;
    await notPaused();
    await status.enter('publishing');
    await publish(input, gate);
    await status.enter('matching');
  }

  await follow(input, status, gate);
}

/** Publishes; when TikTok has lost uploaded files meanwhile, uploads those again first. */
async function publish(input: ActivateAudienceInput, gate: ReconnectGate): Promise<void> {
  const { activationId } = input;
  for (let repeats = 0; ; repeats += 1) {
    // A publication that is cut off half-way would leave an audience that nobody knows.
    const { uploadAgain } = await gate.run(() =>
      CancellationScope.nonCancellable(() =>
        tiktok.publishAudience.executeWithOptions({ summary: `Publish: ${input.action} the audience` }, [
          { activationId, repeats },
        ]),
      ),
    );
    if (uploadAgain.length === 0) return;
    for (const part of uploadAgain) {
      const summary = `Upload part ${part + 1} again: TikTok no longer has it`;
      await gate.run(() => tiktok.uploadPart.executeWithOptions({ summary }, [{ activationId, part }]));
    }
  }
}

/** Looks at the audience, less often with time, until TikTok has finished with it one way or the other. */
async function follow(input: ActivateAudienceInput, status: RunStatus, gate: ReconnectGate): Promise<void> {
  const sinceMs = input.carried?.polling?.sinceMs ?? Date.now();
  for (let looks = input.carried?.polling?.looks ?? 0; ; looks += 1) {
    const elapsedMs = Date.now() - sinceMs;
    const delayMs = pollDelayMs(looks, elapsedMs);
    await sleep(delayMs, { summary: 'Until the next look at the audience' });
    await condition(() => !status.paused);
    const look = await gate.run(() =>
      tiktok.pollAudience.executeWithOptions({ summary: `Look at the audience (${looks + 1})` }, [
        {
          activationId: input.activationId,
          elapsedMs: Date.now() - sinceMs,
          nextLookInMs: pollDelayMs(looks + 1, Date.now() - sinceMs),
        },
      ]),
    );
    if (look.settled) return;
    if (workflowInfo().historyLength >= input.continueAfterEvents) {
      await continueFrom(input, status, status.parts, { sinceMs, looks: looks + 1 });
    }
  }
}

async function continueFrom(
  input: ActivateAudienceInput,
  status: RunStatus,
  nextPart: number,
  polling: { sinceMs: number; looks: number } | null,
): Promise<never> {
  await condition(allHandlersFinished);
  await status.settled();
  return continueAsNew<typeof ActivateAudience>({
    ...input,
    carried: {
      phase: status.working,
      paused: status.paused,
      parts: status.parts,
      rowsTotal: status.rowsTotal,
      nextPart,
      totals: status.totals,
      polling,
    },
  });
}
