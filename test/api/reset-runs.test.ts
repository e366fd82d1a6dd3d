import { ApplicationFailure } from '@temporalio/client';
import { afterAll, describe, expect, it } from 'vitest';
import { recordEnd, recordPhase } from '../../src/database/activations.js';
import { newId } from '../../src/database/ids.js';
import { connectTestWorkers, testNamespace } from '../support/temporal.js';
import { held } from '../workflows/held.js';
import { scriptedActivities } from '../workflows/scripted-activities.js';
import { withWorkers } from '../workflows/workflow-worker.js';
import { soon, startReconciling } from './support/reconciling.js';

const temporal = testNamespace('api-reset');
const { api, client, historyHas, now, reconciler, start } = await startReconciling(temporal);
const connection = await connectTestWorkers(temporal);
const server = { connection, namespace: temporal.namespace };
afterAll(() => connection.close());

/** Started, scheduled, started, completed. */
const FIRST_TASK = 4;

/** @param task the workflow task after which it goes on; the first one unless given */
async function reset(id: string, task = FIRST_TASK): Promise<void> {
  const { runId } = await client.workflow.getHandle(id).describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: temporal.namespace,
    workflowExecution: { workflowId: id, runId },
    workflowTaskFinishEventId: task as never,
    requestId: newId('act'),
    reason: 'a test',
  });
}

async function lastTaskOf(id: string): Promise<number> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes != null) ?? [];
  return Number(tasks.at(-1)?.eventId);
}

/** A run that its workers hold at its first step. */
async function startHeld() {
  const { id } = await start();
  const inspecting = held();
  const { activities } = scriptedActivities({ parts: 1, inspectUpload: () => inspecting.until });
  return { id, activities, inspecting };
}

describe('a run that was reset in Temporal', () => {
  it('is followed: also when it had been terminated before', async () => {
    const { id, activities, inspecting } = await startHeld();
    await withWorkers(server, activities, async () => {
      await expect.poll(() => historyHas(id, 'activityTaskScheduledEventAttributes')).toBe(true);
      await reset(id);
      await reconciler.reconcile(soon());
      expect((await now(id)).finishedAt).toBeNull();

      await client.workflow.getHandle(id).terminate();
      await reconciler.reconcile(soon());
      expect((await now(id)).phase).toBe('failed');
      await reset(id);
      await reconciler.reconcile(soon());
      expect(await now(id)).toMatchObject({ finishedAt: null, failure: null });

      inspecting.release();
      await client.workflow.getHandle(id).result();
    });
    await reconciler.reconcile(soon());
    expect((await now(id)).phase).toBe('completed');
  });

  it('asks again what it asked before it was terminated', async () => {
    const { id } = await start();
    const asked = { code: 'rejected_rows_over_limit', title: 'Too many?', detail: '3 of 30 rows.' };
    const { activities } = scriptedActivities({
      parts: 1,
      closeLedger: async () => ({ people: 10, overLimit: asked }),
      recordPhase: async ({ activationId, phase, attention }) =>
        recordPhase(api.db, activationId, { phase, attention, step: null }),
    });
    await withWorkers(server, activities, async () => {
      const run = client.workflow.getHandle(id);
      await expect.poll(async () => (await now(id)).phase).toBe('waiting_for_approval');
      const { attention } = await now(id);
      expect(attention).toMatchObject(asked);
      await run.terminate();
      await reconciler.reconcile(soon());
      expect((await now(id)).phase).toBe('failed');
      await reset(id, await lastTaskOf(id));
      const seen = async () => {
        await reconciler.reconcile(soon());
        const { phase, attention: asks } = await now(id);
        return { phase, attention: asks };
      };
      await expect.poll(seen).toEqual({ phase: 'waiting_for_approval', attention });
      // As after a record of an earlier run whose worker was frozen.
      await recordPhase(api.db, id, { phase: 'publishing', attention: null, step: null });
      await expect.poll(seen).toEqual({ phase: 'waiting_for_approval', attention });
      await run.signal('approve');
      await run.result();
    });
  });

  it('is followed also when it had failed by itself; one that is about to end is not taken for another', async () => {
    const { id } = await start();
    const inspecting = held();
    let refused = false;
    const { activities } = scriptedActivities({
      parts: 1,
      inspectUpload: async () => {
        if (refused) return inspecting.until;
        refused = true;
        throw ApplicationFailure.nonRetryable('The file is empty.', 'empty_file');
      },
      endActivation: async ({ activationId, outcome, failure }) => {
        const { runId } = await client.workflow.getHandle(activationId).describe();
        const stored = failure && { requestId: null, ...failure, help: 'Upload another file.' };
        await recordEnd(api.db, activationId, { phase: outcome, failure: stored, attention: null, runId });
        // Recorded, and still open in Temporal.
        await reconciler.reconcile(soon());
        return { dryRun: false, files: null, audience: null, attention: null, failure };
      },
    });
    await withWorkers(server, activities, async () => {
      await expect(client.workflow.getHandle(id).result()).rejects.toThrow();
      expect(await now(id)).toMatchObject({ phase: 'failed', failure: { code: 'empty_file' } });
      await reconciler.reconcile(soon());
      expect((await now(id)).phase).toBe('failed');

      await reset(id);
      await reconciler.reconcile(soon());
      expect(await now(id)).toMatchObject({ finishedAt: null, failure: null });
      inspecting.release();
      await client.workflow.getHandle(id).result();
      expect((await now(id)).phase).toBe('completed');
    });
  });

  it('is stopped when it was retried before: the retry does the work', async () => {
    const { id, activities, inspecting } = await startHeld();
    const story = async () => {
      await expect.poll(() => historyHas(id, 'activityTaskScheduledEventAttributes')).toBe(true);
      await client.workflow.getHandle(id).terminate();
      await reconciler.reconcile(soon());
      expect((await api.post(`/v1/activations/${id}/retry`)).status).toBe(202);
      await reset(id);
      await reconciler.reconcile(soon());
      // Temporal keeps the request back while a worker is at a task of the run.
      await expect.poll(() => historyHas(id, 'workflowExecutionCancelRequestedEventAttributes')).toBe(true);
      expect((await now(id)).phase).toBe('failed');
    };
    await withWorkers(server, activities, () => story().finally(inspecting.release));
  });
});
