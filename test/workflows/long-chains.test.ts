import { ApplicationFailure } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { progress } from '../../src/workflows/messages.js';
import { historiesOf, type RunHistory } from '../support/replay.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { rateLimit, reconnectRequired } from './stories.js';

const temporal = testNamespace('continue-as-new');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const begin = serveByRun({ connection, namespace: temporal.namespace }, client);

const upTo = (parts: number) => Array.from({ length: parts }, (_, part) => part);
/** Where histories of 80 events are long. */
const SHORT = { continueAfterEvents: 80, lanes: 2 };

async function runsOf(workflowId: string): Promise<RunHistory[]> {
  return historiesOf(client, [workflowId]);
}

/** Fills a history with signals that change nothing. */
async function fill(workflowId: string, signals = 60): Promise<void> {
  const run = client.workflow.getHandle(workflowId);
  for (let sent = 0; sent < signals; sent += 10) {
    await Promise.all(upTo(10).map(() => run.signal('reconnected')));
  }
}

describe('a file of 500 parts', () => {
  it('takes runs of less than 4,000 events, with payloads of less than 16 kB', async () => {
    const { activities, calls } = scriptedActivities({
      parts: 500,
      pollAudience: async () => ({ settled: true }),
    });
    const run = await begin(activities, { continueAfterEvents: 3_000 });
    await run.result();
    const runs = await runsOf(run.workflowId);
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(500));
    expect(partsOf(calls, 'uploadPart')).toEqual(upTo(500));
    expect(runs.length).toBeGreaterThan(1);
    const lengths = runs.map(({ history }) => history.events?.length ?? 0);
    expect(Math.max(...lengths)).toBeLessThan(4_000);
    expect(largestPayload(runs)).toBeLessThan(16_000);
  }, 300_000);
});

describe.concurrent('a history that grows long while the run waits', () => {
  it('continues as new while it is paused, and stays paused', async ({ expect }) => {
    const { activities, calls } = scriptedActivities({ parts: 6 });
    const run = await begin(activities, { ...SHORT, dryRun: true });
    await run.signal('pause');
    await fill(run.workflowId);
    await expect.poll(async () => (await run.query(progress)).phase).toBe('paused');
    await expect.poll(async () => (await runsOf(run.workflowId)).length).toBeGreaterThan(1);
    expect(partsOf(calls, 'preparePart').length).toBeLessThan(6);
    await run.signal('resume');
    await client.workflow.getHandle(run.workflowId).result();
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(6));
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
  }, 120_000);

  it('continues as new while it asks: an answer among many signals is heard, once and for all', async ({
    expect,
  }) => {
    const { activities, calls } = scriptedActivities({
      parts: 2,
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 5_000 }),
      closeLedger: async () => ({ people: 100, overLimit: null }),
    });
    const run = await begin(activities, { ...SHORT, action: 'replace' });
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_approval');
    await fill(run.workflowId);
    await expect.poll(async () => (await runsOf(run.workflowId)).length).toBeGreaterThan(1);
    await Promise.all([fill(run.workflowId), client.workflow.getHandle(run.workflowId).signal('approve')]);
    await client.workflow.getHandle(run.workflowId).result();
    expect(calls.filter(({ activity }) => activity === 'publishAudience')).toHaveLength(1);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
  }, 120_000);

  it('continues as new while somebody must sign in, and uploads then what its lanes had prepared', async ({
    expect,
  }) => {
    let usable = false;
    const { activities, calls } = scriptedActivities({
      parts: 8,
      uploadPart: async () => {
        if (!usable) throw reconnectRequired();
      },
      recheckConnection: async ({ ask }) => ask && usable,
    });
    const run = await begin(activities, SHORT);
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_reconnect');
    await fill(run.workflowId);
    await expect.poll(async () => (await runsOf(run.workflowId)).length).toBeGreaterThan(1);
    await expect.poll(async () => (await run.query(progress)).phase).toBe('waiting_for_reconnect');
    usable = true;
    // Nobody looks by itself for a minute: it is this signal that is heard.
    await client.workflow.getHandle(run.workflowId).signal('reconnected');
    await client.workflow.getHandle(run.workflowId).result();
    expect(await client.workflow.getHandle(run.workflowId).query(progress)).toMatchObject({
      partsUploaded: 8,
      rowsSent: 72,
      rowsRejected: 8,
    });
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(8));
    expect(new Set(partsOf(calls, 'uploadPart'))).toEqual(new Set(upTo(8)));
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
  }, 120_000);

  it("continues as new while TikTok's limits allow no call, and calls not before", async ({ expect }) => {
    let until = 0;
    let tooEarly = 0;
    const { activities, calls } = scriptedActivities({
      parts: 4,
      uploadPart: async () => {
        if (until === 0) {
          until = Date.now() + 8_000;
          throw rateLimit(8_000);
        }
        if (Date.now() < until) tooEarly += 1;
      },
    });
    const run = await begin(activities, { ...SHORT, lanes: 1 });
    await expect.poll(() => until).toBeGreaterThan(0);
    await fill(run.workflowId);
    await client.workflow.getHandle(run.workflowId).result();
    expect((await runsOf(run.workflowId)).length).toBeGreaterThan(1);
    expect(tooEarly).toBe(0);
    expect(new Set(partsOf(calls, 'uploadPart'))).toEqual(new Set(upTo(4)));
  }, 120_000);
});

describe('signals', () => {
  it('do no harm, whatever stands in them, whenever they come', async () => {
    const names = ['pause', 'resume', 'approve', 'reject', 'reconnected'] as const;
    const signals = fc.array(
      fc.tuple(fc.constantFrom(...names), fc.array(fc.jsonValue(), { maxLength: 3 })),
      {
        minLength: 10,
        maxLength: 40,
      },
    );
    const { activities, calls } = scriptedActivities({ parts: 3 });
    await fc.assert(
      fc.asyncProperty(signals, async (sent) => {
        const run = await begin(activities, { ...SHORT, dryRun: true });
        const now = () => client.workflow.getHandle(run.workflowId);
        for (const [name, args] of sent) {
          // A run may be over before the last of them.
          await now()
            .signal(name, ...args)
            .catch(() => undefined);
        }
        await now()
          .signal('resume')
          .catch(() => undefined);
        await now().result();
        expect((await now().query(progress)).phase).toBe('completed');
      }),
      { numRuns: 6 },
    );
    expect(calls.some(({ failure }) => failure !== undefined)).toBe(false);
  }, 240_000);
});

describe('a run whose engine changes while it is paused', () => {
  it('is planned anew and loses no part, also when its history has grown long meanwhile', async () => {
    const failing = held();
    let upgraded = false;
    const { activities, calls } = scriptedActivities({
      parts: 2,
      preparePart: async ({ part }) => {
        if (part === 1 && !upgraded) {
          await failing.until;
          upgraded = true;
          throw ApplicationFailure.nonRetryable('The plan is of an earlier engine.', 'plan_outdated');
        }
        return { rowsSent: 9, rowsRejected: 1 };
      },
    });
    const run = await begin(activities, { lanes: 2, continueAfterEvents: 80, dryRun: true });
    const latest = client.workflow.getHandle(run.workflowId);
    await expect.poll(() => partsOf(calls, 'preparePart').length).toBe(2);
    await run.signal('pause');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
    failing.release();
    await expect.poll(() => upgraded).toBe(true);
    for (let sent = 0; sent < 40; sent += 1) await latest.signal('reconnected').catch(() => undefined);
    await expect.poll(async () => (await latest.describe()).runId).not.toBe(run.firstExecutionRunId);
    await latest.signal('resume');
    await latest.result();
    const anew = calls.slice(calls.findLastIndex(({ activity }) => activity === 'splitUpload'));
    expect(partsOf(anew, 'preparePart')).toEqual([0, 1]);
  });
});

/** In bytes. */
function largestPayload(runs: readonly RunHistory[]): number {
  let largest = 0;
  const look = (value: unknown): void => {
    if (value instanceof Uint8Array) largest = Math.max(largest, value.length);
    else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) look(inner);
  };
  for (const { history } of runs) look(history);
  return largest;
}
