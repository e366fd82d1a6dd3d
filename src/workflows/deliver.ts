import { CancellationScope } from '@temporalio/workflow';
import type { PreparedRows } from '../activities/prepare-part.js';
import { cpu, tiktok, work } from './activity-proxies.js';
import { HistoryLong, historyLong, waitFor } from './history-limit.js';
import type { ActivateAudienceInput, UnfinishedPart } from './messages.js';
import type { ReconnectGate } from './reconnect-gate.js';
import type { RunStatus } from './run-status.js';
import { count } from './status-page.js';

/**
 * Runs the lanes: each takes the next part, prepares it and uploads it, so that the CPU work of one part overlaps the
 * network of another. The first failure stops all lanes, and is thrown when they have stopped. Throws `HistoryLong` when
 * that is so before all parts are done: nothing is in flight then, and what lanes had begun with is remembered as
 * unfinished.
 */
export async function deliver(
  input: ActivateAudienceInput,
  status: RunStatus,
  gate: ReconnectGate,
): Promise<void> {
  const { activationId, dryRun } = input;
  /** In the order of time. What fails after the first was only stopped, or not tried again because of that. */
  const failures: unknown[] = [];

  const take = (): UnfinishedPart | undefined => {
    const begun = status.unfinished.shift();
    if (begun !== undefined || status.nextPart >= status.parts) return begun;
    status.nextPart += 1;
    return { part: status.nextPart - 1, rowsSent: null };
  };

  const prepare = (part: number): Promise<PreparedRows> => {
    const summary = `Prepare part ${part + 1} of ${status.parts}`;
    return cpu.preparePart.executeWithOptions(work(summary), [{ activationId, part }]);
  };

  /** Gives the rows to send. */
  const addToTotals = ({ rowsSent, rowsRejected }: PreparedRows): number => {
    const { totals } = status;
    status.totals = {
      ...totals,
      rowsSent: totals.rowsSent + rowsSent,
      rowsRejected: totals.rowsRejected + rowsRejected,
    };
    status.refresh();
    return rowsSent;
  };

  const upload = async (part: number, rowsSent: number): Promise<void> => {
    const summary = `Upload part ${part + 1} of ${status.parts}: ${count(rowsSent)} rows`;
    await gate.run(() => tiktok.uploadPart.executeWithOptions(work(summary), [{ activationId, part }]));
    status.totals = { ...status.totals, partsUploaded: status.totals.partsUploaded + 1 };
    status.refresh();
  };

  const lane = async (): Promise<void> => {
    for (;;) {
      await waitFor(input, () => !status.paused);
      if (failures.length > 0 || historyLong(input)) return;
      const taken = take();
      if (taken === undefined) return;
      const { part } = taken;
      // No function between the activity and the gate may be asynchronous: it would come to the gate a moment later than
      // under earlier releases, and find it closed by what has failed in the same step.
      const rowsSent = taken.rowsSent ?? addToTotals(await prepare(part));
      if (dryRun) continue;
      await upload(part, rowsSent).catch((error: unknown) => {
        if (error instanceof HistoryLong) status.unfinished.push({ part, rowsSent });
        throw error;
      });
    }
  };

  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const lanes = Array.from({ length: input.lanes }, () =>
      lane().catch((error: unknown) => {
        // The other lanes come to where nothing is half done by themselves.
        if (error instanceof HistoryLong) return;
        failures.push(error);
        scope.cancel();
      }),
    );
    await Promise.all(lanes);
  });
  if (failures.length > 0) throw failures[0];
  if (status.nextPart < status.parts || status.unfinished.length > 0) throw new HistoryLong();
}
