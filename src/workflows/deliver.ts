import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import { cpu, tiktok } from './activity-proxies.js';
import type { ActivateAudienceInput } from './messages.js';
import type { ReconnectGate } from './reconnect-gate.js';
import type { RunStatus } from './run-status.js';
import { count } from './status-page.js';

/**
 * Runs the lanes: each takes the next part, prepares it and uploads it, so that the CPU work of one part overlaps the
 * network of another. Returns the first part that is still to be done, which is behind the last one unless the history
 * has grown long; nothing is in flight then. The first failure stops all lanes.
 */
export async function deliver(
  input: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
): Promise<number> {
  const { activationId, dryRun } = input;
  let next = input.carried?.nextPart ?? 0;
  let failed = false;

  const lane = async (): Promise<void> => {
    for (;;) {
      await condition(() => !status.paused);
      if (failed || next >= status.parts || workflowInfo().historyLength >= input.continueAfterEvents) return;
      const part = next;
      next += 1;
      const name = `part ${part + 1} of ${status.parts}`;
      const prepared = await cpu.preparePart.executeWithOptions({ summary: `Prepare ${name}` }, [
        { activationId, part },
      ]);
      status.totals = {
        ...status.totals,
        rowsSent: status.totals.rowsSent + prepared.rowsSent,
        rowsRejected: status.totals.rowsRejected + prepared.rowsRejected,
      };
      status.refresh();
      if (dryRun) continue;
      const summary = `Upload ${name}: ${count(prepared.rowsSent)} rows`;
      await gate.run(() => tiktok.uploadPart.executeWithOptions({ summary }, [{ activationId, part }]));
      status.totals = { ...status.totals, partsUploaded: status.totals.partsUploaded + 1 };
      status.refresh();
    }
  };

  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const lanes = Array.from({ length: input.lanes }, () =>
      lane().catch((error: unknown) => {
        failed = true;
        scope.cancel();
        throw error;
      }),
    );
    const outcomes = await Promise.allSettled(lanes);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    // The others only report that they were stopped because of the first.
    const cause = failures.find((reason) => !isCancellation(reason)) ?? failures[0];
    if (cause !== undefined) throw cause;
  });
  return next;
}
