import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { vi } from 'vitest';

/** Not `expect.poll`, which has no part in tests that run side by side. */
export const POLLING = { timeout: 60_000, interval: 50 };

/**
 * Waits until a run waits for exactly these activities (by name) and timers (`timer`), and for nothing else: it has
 * decided about everything that it knows. What somebody does then always comes at the same place of the story.
 */
export async function standsStill(run: WorkflowHandle, waitsFor: readonly string[]): Promise<void> {
  const wanted = [...waitsFor].sort().join(', ');
  await until(run, wanted, (history) => openIn(history).sort().join(', '));
}

/** Waits until the only activity that is under way has failed once and is to be tried again. */
export async function waitsForAnotherTry(run: WorkflowHandle): Promise<void> {
  await vi.waitFor(async () => {
    const { pendingActivities } = (await run.describe()).raw;
    const tries = (pendingActivities ?? []).map(({ attempt }) => attempt).join();
    if (tries !== '2') throw new Error(`the run ${run.workflowId} is at the tries ${tries}`);
  }, POLLING);
}

/** Waits until the first run of a chain has asked for an activity to be cancelled. */
export async function cancelsActivity(chain: WorkflowHandleWithFirstExecutionRunId): Promise<void> {
  const run = chain.client.getHandle(chain.workflowId, chain.firstExecutionRunId);
  await until(run, 'asked', ({ events }) =>
    events?.some((event) => event.activityTaskCancelRequestedEventAttributes != null) ? 'asked' : 'not asked',
  );
}

async function until(run: WorkflowHandle, wanted: string, look: (history: History) => string): Promise<void> {
  await vi.waitFor(async () => {
    const found = look(await run.fetchHistory());
    if (found !== wanted) throw new Error(`the run ${run.workflowId}: ${found} instead of ${wanted}`);
  }, POLLING);
}

/** What is begun in a history and not over. A turn of the workflow that is due is open too. */
function openIn({ events }: History): string[] {
  const open = new Map<string, string>();
  for (const event of events ?? []) {
    const id = String(event.eventId);
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (name != null) open.set(id, name);
    if (event.timerStartedEventAttributes != null) open.set(id, 'timer');
    if (event.workflowTaskScheduledEventAttributes != null) open.set(id, 'a turn');
    const over =
      event.activityTaskCompletedEventAttributes?.scheduledEventId ??
      event.activityTaskFailedEventAttributes?.scheduledEventId ??
      event.activityTaskCanceledEventAttributes?.scheduledEventId ??
      event.timerFiredEventAttributes?.startedEventId ??
      event.timerCanceledEventAttributes?.startedEventId ??
      event.workflowTaskCompletedEventAttributes?.scheduledEventId ??
      event.workflowTaskFailedEventAttributes?.scheduledEventId ??
      event.workflowTaskTimedOutEventAttributes?.scheduledEventId;
    if (over != null) open.delete(String(over));
  }
  return [...open.values()];
}
