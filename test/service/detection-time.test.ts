import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecondProcess, startSecond } from './second-process.js';
import { ADVERTISER, customers, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 200_000;
/** Of 50 parts. */
const SETTINGS = { PART_BYTES: '260000', TIKTOK_RATE_LEVEL: 'ultimate' };
const LANES = 4;
const UPLOAD = 'dmp/custom_audience/file/upload/';
const PROMISED_MS = 15_000;

/** An attempt that a worker has begun. */
interface Held {
  readonly activity: string;
  readonly activityId: string;
  readonly worker: number;
}

interface Part {
  readonly index: number;
  readonly preparedAt: string | null;
  readonly md5: string | null;
  readonly filePath: string | null;
}

let product: TestStack;
let second: SecondProcess | undefined;
let connection: Connection;
beforeAll(async () => {
  product = await startTestStack(SETTINGS);
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  connection = await Connection.connect({ address: product.stack.addresses.temporalAddress });
}, 240_000);
afterAll(async () => {
  await connection?.close();
  second?.process.kill('SIGKILL');
  await product?.stop();
});

describe('kill -9 of one of two workers in the middle of', () => {
  it.each(['preparePart', 'uploadPart'])(
    '%s: another worker may go on within 15 s, and nothing of the 50 parts that was finished is done again',
    async (activity) => {
      const other = await secondWorker();
      await expect.poll(() => other.ready(), { timeout: 90_000 }).toBe(true);
      const connectionId = await product.connect();
      // Each run has rows, and so files, of its own.
      const uploadId = await product.upload(customers(ROWS).replaceAll('customer', activity.toLowerCase()));
      // Uploads that hang, so that the worker is in the middle of them when it is killed.
      const slow = { endpoint: UPLOAD, kind: 'slow', after: 12, times: LANES, seconds: 30 };
      if (activity === 'uploadPart') await product.admin('POST', 'faults', slow);
      const { id } = await product.activate({
        uploadId,
        connectionId,
        advertiserId: ADVERTISER,
        audience: { action: 'create', name: activity },
      });
      const run = new Client({ connection }).workflow.getHandle(id);
      await product.until(id, ({ progress }) => progress.partsUploaded >= 8);
      await expect.poll(() => product.admin<unknown[]>('GET', 'faults'), { timeout: 60_000 }).toEqual([]);

      const { finished, lost, interrupted, dueAfterMs } = await killInTheMiddle(run, activity);
      await product.until(id, ({ phase }) => phase === 'completed');

      // By the server's clock, which is this machine's: from the kill to when Temporal lets another attempt begin, with
      // the heartbeat that was missed and the wait before a retry. How long the attempt then waits until a busy machine
      // gets round to it is left out; 15 s leave 3 s for a server that is late.
      for (const ms of dueAfterMs) expect(ms).toBeLessThan(PROMISED_MS);
      const steps = await stepsOf(run);
      const again = steps.filter(({ attempt }) => attempt > 1);
      for (const activityId of lost) {
        expect(again).toContainEqual(
          expect.objectContaining({ activityId, attempt: 2, heartbeatMissed: true }),
        );
      }
      const now = await partsOf(id);
      expect(now.length).toBeGreaterThanOrEqual(50);
      expect(again.length).toBeLessThanOrEqual(LANES);
      const arrived = await product.admin<{ md5: string }[]>('GET', 'files');
      for (const part of finished) {
        const ofPart = (name: string) =>
          steps.filter((step) => step.name === name && step.part === part.index);
        const once = [expect.objectContaining({ attempt: 1, completed: 1 })];
        if (part.preparedAt !== null) {
          expect(now[part.index]).toMatchObject({ preparedAt: part.preparedAt, md5: part.md5 });
        }
        // The database has it before Temporal does; what was between the two at the kill may be asked for again, and
        // finds it done.
        if (part.preparedAt !== null && !interrupted.has(ofPart('preparePart')[0]?.activityId ?? '')) {
          expect(ofPart('preparePart')).toEqual(once);
        }
        if (part.filePath === null) continue;
        expect(now[part.index]?.filePath).toBe(part.filePath);
        expect(arrived.filter(({ md5 }) => md5 === part.md5)).toHaveLength(1);
        if (!interrupted.has(ofPart('uploadPart')[0]?.activityId ?? ''))
          expect(ofPart('uploadPart')).toEqual(once);
      }
      expect(finished.filter(({ filePath }) => filePath !== null).length).toBeGreaterThanOrEqual(8);
    },
    300_000,
  );
});

/** The stack starts its own worker again after a kill; the other one may be that of an earlier test. */
async function secondWorker(): Promise<SecondProcess> {
  const alive =
    second !== undefined && second.process.exitCode === null && second.process.signalCode === null;
  second = alive ? second : undefined;
  second ??= await startSecond(product, 'worker', SETTINGS);
  return second;
}

/** What a kill took with it. */
interface Killed {
  /** The parts as they were at the kill. */
  readonly finished: readonly Part[];
  /** The activities that have to be begun again, and how long after the kill each of them may be. */
  readonly lost: readonly string[];
  /** All that the killed worker was at, other activities too, also what was done and not told yet. */
  readonly interrupted: ReadonlySet<string>;
  readonly dueAfterMs: readonly number[];
}

/**
 * Kills a worker that is at such an activity. It is frozen first, so that it cannot end it meanwhile; when the end of all
 * that it was at had already left it, another worker is killed.
 */
async function killInTheMiddle(run: WorkflowHandle, activity: string): Promise<Killed> {
  const killed = new Set<number>();
  const interrupted = new Set<string>();
  for (;;) {
    const candidate = (await heldOf(run)).find(
      (held) => held.activity === activity && !killed.has(held.worker),
    );
    if (candidate === undefined) {
      const { status } = await run.describe();
      if (status.name === 'RUNNING') continue;
      throw new Error(`the run is ${status.name} before a worker was in the middle of ${activity}`);
    }
    const { worker } = candidate;
    process.kill(worker, 'SIGSTOP');
    const all = (await heldOf(run)).filter((each) => each.worker === worker);
    const held = all.filter((each) => each.activity === activity);
    if (held.length === 0) {
      process.kill(worker, 'SIGCONT');
      continue;
    }
    for (const { activityId } of all) interrupted.add(activityId);
    process.kill(worker, 'SIGKILL');
    const killedAt = Date.now();
    killed.add(worker);
    const finished = await partsOf(run.workflowId);
    const attempts = await Promise.all(
      held.map(async ({ activityId }) => ({ activityId, due: await nextAttempt(run, activityId, killedAt) })),
    );
    const again = attempts.flatMap(({ activityId, due }) => (due === null ? [] : [{ activityId, due }]));
    if (again.length === 0) continue;
    return {
      finished,
      lost: again.map(({ activityId }) => activityId),
      interrupted,
      dueAfterMs: again.map(({ due }) => due - killedAt),
    };
  }
}

async function pendingOf(run: WorkflowHandle) {
  return (await run.describe()).raw.pendingActivities ?? [];
}

async function heldOf(run: WorkflowHandle): Promise<Held[]> {
  return (await pendingOf(run)).flatMap(
    ({ activityType, activityId, lastWorkerIdentity, lastStartedTime }) => {
      const worker = Number.parseInt(lastWorkerIdentity ?? '', 10);
      if (lastStartedTime == null || !(worker > 0)) return [];
      return [{ activity: activityType?.name ?? '', activityId: activityId ?? '', worker }];
    },
  );
}

/**
 * Waits until Temporal has noticed that an attempt is lost, and returns when the next one may begin, or has begun; null
 * when it was not lost: its end was on its way at the kill.
 */
async function nextAttempt(
  run: WorkflowHandle,
  activityId: string,
  killedAt: number,
): Promise<number | null> {
  let due = 0;
  await expect
    .poll(
      async () => {
        const activity = (await pendingOf(run)).find((pending) => pending.activityId === activityId);
        const begun = at(activity?.lastStartedTime);
        due = at(activity?.nextAttemptScheduleTime) || (begun > killedAt ? begun : 0);
        return activity === undefined || due > 0;
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBe(true);
  if (due > 0) return due;
  const step = (await stepsOf(run)).find((each) => each.activityId === activityId);
  if (step?.attempt !== 1) throw new Error(`another attempt of ${activityId} ended before it was seen`);
  return null;
}

/** What became of each step of the run. */
async function stepsOf(run: WorkflowHandle) {
  const { events = [] } = await run.fetchHistory();
  return (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
    if (scheduled == null) return [];
    const id = String(eventId);
    const started = (events ?? []).find(
      (event) => String(event.activityTaskStartedEventAttributes?.scheduledEventId) === id,
    );
    const attributes = started?.activityTaskStartedEventAttributes;
    const input: { part?: number } = JSON.parse(
      Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).toString() || '{}',
    );
    return [
      {
        name: scheduled.activityType?.name ?? '',
        activityId: scheduled.activityId ?? '',
        part: input.part ?? null,
        attempt: attributes?.attempt ?? 0,
        heartbeatMissed: /heartbeat/i.test(attributes?.lastFailure?.message ?? ''),
        completed: (events ?? []).filter(
          (event) => String(event.activityTaskCompletedEventAttributes?.scheduledEventId) === id,
        ).length,
      },
    ];
  });
}

async function partsOf(id: string): Promise<Part[]> {
  const { data } = await product.get<{ data: Part[] }>(`/v1/activations/${id}/parts?limit=100`);
  return data;
}

function at(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}
