import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { TASK_QUEUES } from '../temporal/task-queues.js';
const PATIENT = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' };
const HEARTBEAT = '10s';
export const core = proxyActivities({ taskQueue: TASK_QUEUES.core, startToCloseTimeout: '1m', retry: PATIENT });
export const slowCheck = proxyActivities({
    taskQueue: TASK_QUEUES.core,
    startToCloseTimeout: '30s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1m', backoffCoefficient: 1.5, maximumInterval: '15m' },
});
export const cpu = proxyActivities({
    taskQueue: TASK_QUEUES.prepare,
    startToCloseTimeout: '4h',
    heartbeatTimeout: HEARTBEAT,
    retry: PATIENT,
});
export const tiktok = proxyActivities({
    taskQueue: TASK_QUEUES.tiktok,
    startToCloseTimeout: '30m',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...PATIENT, initialInterval: '2s' },
});
export const turn = proxyActivities({
    taskQueue: TASK_QUEUES.tiktok,
    startToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});
export const extras = proxyActivities({
    taskQueue: TASK_QUEUES.tiktok,
    startToCloseTimeout: '30m',
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '5m', maximumAttempts: 20 },
});
