import {
  ActivityCancellationType,
  type ActivityOptions,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import { TASK_QUEUES } from '../temporal/task-queues.js';

/**
 * Retries never end by themselves: an outage delays a run and does not spoil it. What can never succeed is marked
 * non-retryable by the activity, and deadlines are the workflow's timers. No schedule-to-close timeout for the same
 * reason: it would count the waiting.
 */
const PATIENT = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/** A dead worker is noticed within this time. */
const HEARTBEAT = '10s';

export const core = proxyActivities<
  Pick<Activities, 'recordPhase' | 'recheckConnection' | 'closeLedger' | 'endActivation'>
>({ taskQueue: TASK_QUEUES.core, startToCloseTimeout: '1m', retry: PATIENT });

/** Fails until the connection is usable again; its retries are the clock and leave no events in the history. */
export const slowCheck = proxyActivities<Pick<Activities, 'awaitReconnect'>>({
  taskQueue: TASK_QUEUES.core,
  startToCloseTimeout: '30s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1m', backoffCoefficient: 1.5, maximumInterval: '15m' },
});

/**
 * Since then, a run that gives up work waits until it has stopped (docs/changing-workflows.md tells when this may go).
 */
const STOPPED_IS_WAITED_FOR = 'stopped-work-is-waited-for';

/**
 * How work is begun: with its words for Temporal's Web UI, and so that a run that fails or is cancelled ends only when
 * nothing of it goes on any more. Else a part could still reach TikTok when the run has told what TikTok has. It has to be
 * said: of what the SDK calls its default, SDK 1.24 does the opposite.
 */
export function work(summary: string): ActivityOptions {
  const { WAIT_CANCELLATION_COMPLETED, TRY_CANCEL } = ActivityCancellationType;
  return {
    summary,
    cancellationType: patched(STOPPED_IS_WAITED_FOR) ? WAIT_CANCELLATION_COMPLETED : TRY_CANCEL,
  };
}

export const cpu = proxyActivities<Pick<Activities, 'inspectUpload' | 'splitUpload' | 'preparePart'>>({
  taskQueue: TASK_QUEUES.prepare,
  startToCloseTimeout: '4h',
  heartbeatTimeout: HEARTBEAT,
  retry: PATIENT,
});

export const tiktok = proxyActivities<
  Pick<Activities, 'checkDestination' | 'uploadPart' | 'publishAudience' | 'pollAudience'>
>({
  taskQueue: TASK_QUEUES.tiktok,
  startToCloseTimeout: '30m',
  heartbeatTimeout: HEARTBEAT,
  retry: { ...PATIENT, initialInterval: '2s' },
});

/** Fails until the audience can be changed; its retries are the clock, and a cancellation ends the wait at once. */
export const turn = proxyActivities<Pick<Activities, 'awaitTurn'>>({
  taskQueue: TASK_QUEUES.tiktok,
  startToCloseTimeout: '5m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Gives up an attempt at a later sweep's expense, and not the sweep at an outage's. */
export const extras = proxyActivities<Pick<Activities, 'sweepExtras'>>({
  taskQueue: TASK_QUEUES.tiktok,
  startToCloseTimeout: '30m',
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '5m', maximumAttempts: 20 },
});
