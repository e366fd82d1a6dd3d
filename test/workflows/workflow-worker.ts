import { randomBytes } from 'node:crypto';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Activities } from '../../src/activities/create-activities.js';
import { activationPhase, advertiserId, connectionId } from '../../src/temporal/search-attributes.js';
import { TASK_QUEUES } from '../../src/temporal/task-queues.js';
import type { ActivateAudience } from '../../src/workflows/activate-audience.js';
import type { ActivateAudienceInput } from '../../src/workflows/messages.js';
import { workflowBundle } from '../support/replay.js';
import { replayStarted, type WorkerServer } from '../support/temporal.js';

const DAY_MS = 86_400_000;

/**
 * Runs `test` while workers of all task queues are up. Afterwards the histories of all runs that were started are
 * replayed on the sources: each test shows so that its run could have gone on under another worker at any time.
 */
export async function withWorkers<T>(
  server: WorkerServer,
  activities: Activities,
  test: () => Promise<T>,
  workflows: WorkflowBundleOption = workflowBundle(),
): Promise<T> {
  const common = { ...server, activities, shutdownGraceTime: 0, shutdownForceTime: 5_000 };
  const [core, prepare, tiktok] = await Promise.all([
    Worker.create({ ...common, taskQueue: TASK_QUEUES.core, workflowBundle: workflows }),
    Worker.create({ ...common, taskQueue: TASK_QUEUES.prepare }),
    Worker.create({ ...common, taskQueue: TASK_QUEUES.tiktok }),
  ]);
  const result = await core.runUntil(prepare.runUntil(tiktok.runUntil(test)));
  await replayStarted(server);
  return result;
}

export function newActivationId(): string {
  return `act_${randomBytes(8).toString('hex')}`;
}

/** Starts a run the way the API does. */
export function startRun(
  client: Client,
  input: Partial<ActivateAudienceInput> = {},
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof ActivateAudience>> {
  const { activationId = newActivationId() } = input;
  return client.workflow.start<typeof ActivateAudience>('ActivateAudience', {
    taskQueue: TASK_QUEUES.core,
    workflowId: activationId,
    args: [
      {
        activationId,
        connectionId: 'con_test',
        advertiserId: '7000000000000000001',
        action: 'create',
        dryRun: false,
        lanes: 4,
        reconnectWithinMs: 30 * DAY_MS,
        consoleUrl: 'http://127.0.0.1:8080/activations/test',
        continueAfterEvents: 3_000,
        ...input,
      },
    ],
    typedSearchAttributes: [
      { key: activationPhase, value: 'queued' },
      { key: connectionId, value: 'con_test' },
      { key: advertiserId, value: '7000000000000000001' },
    ],
  });
}
