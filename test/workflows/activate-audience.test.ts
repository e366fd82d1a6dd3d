import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { afterAll, describe, it } from 'vitest';
import { progress } from '../../src/workflows/messages.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';

const temporal = testNamespace('workflows');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const begin = serveByRun({ connection, namespace: temporal.namespace }, client);

const upTo = (parts: number) => Array.from({ length: parts }, (_, part) => part);

describe.concurrent('a run in which nothing goes wrong', () => {
  it('takes every part through preparation and upload once, publishes once and tells its phases in order', async ({
    expect,
  }) => {
    const { activities, calls } = scriptedActivities({ parts: 10 });
    const run = await begin(activities);
    await run.result();

    expect(partsOf(calls, 'preparePart')).toEqual(upTo(10));
    expect(partsOf(calls, 'uploadPart')).toEqual(upTo(10));
    expect(calls.filter((call) => call.activity === 'publishAudience')).toHaveLength(1);
    expect(recordedPhases(calls)).toEqual([
      'inspecting',
      'splitting',
      'delivering',
      'publishing',
      'matching',
      'reporting',
    ]);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
    expect(await run.query(progress)).toMatchObject({
      phase: 'completed',
      partsUploaded: 10,
      rowsSent: 90,
    });
    const { typedSearchAttributes } = await run.describe();
    expect(JSON.stringify(typedSearchAttributes)).toContain('completed');
  });

  it('does not touch TikTok in a dry run', async ({ expect }) => {
    const { activities, calls } = scriptedActivities({ parts: 3 });
    await (await begin(activities, { dryRun: true })).result();
    const asked = new Set(calls.map((call) => call.activity));
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(3));
    for (const activity of ['checkDestination', 'uploadPart', 'publishAudience', 'pollAudience'] as const) {
      expect(asked).not.toContain(activity);
    }
  });
});

describe.concurrent('a long run', () => {
  it('continues as new where no part is half done, and does no part twice', async ({ expect }) => {
    const { activities, calls } = scriptedActivities({ parts: 30 });
    const run = await begin(activities, { continueAfterEvents: 100 });
    await run.result();
    expect(await run.query(progress)).toMatchObject({ partsUploaded: 30, rowsSent: 270, rowsTotal: 300 });
    const { runId } = await run.describe();
    expect(runId).not.toBe(run.firstExecutionRunId);
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(30));
    expect(partsOf(calls, 'uploadPart')).toEqual(upTo(30));
    expect(calls.filter((call) => call.activity === 'splitUpload')).toHaveLength(1);
  });
});

describe.concurrent('files that TikTok no longer has at the publication', () => {
  it('are uploaded again, those alone, and then published', async ({ expect }) => {
    const { activities, calls } = scriptedActivities({
      parts: 5,
      publishAudience: async ({ repeats }) =>
        repeats === 0
          ? { next: 'upload_again', parts: [1, 3], lost: true }
          : { next: 'done', doubted: false },
    });
    await (await begin(activities)).result();
    expect(partsOf(calls, 'uploadPart')).toEqual([0, 1, 1, 2, 3, 3, 4]);
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(5));
    expect(calls.filter((call) => call.activity === 'publishAudience')).toHaveLength(2);
  });
});

describe.concurrent('an engine that was upgraded in the middle of a delivery', () => {
  it('lets the run begin anew, with a plan of its own, before anything is published', async ({ expect }) => {
    let upgraded = false;
    const { activities, calls } = scriptedActivities({
      parts: 12,
      preparePart: async ({ part }) => {
        if (part === 6 && !upgraded) {
          upgraded = true;
          throw ApplicationFailure.nonRetryable('The plan is of an earlier engine.', 'plan_outdated');
        }
        return { rowsSent: 9, rowsRejected: 1 };
      },
    });
    const run = await begin(activities);
    await run.result();
    expect(await run.query(progress)).toMatchObject({
      phase: 'completed',
      partsUploaded: 12,
      rowsSent: 108,
    });
    const split = calls.findLastIndex((call) => call.activity === 'splitUpload');
    expect(partsOf(calls.slice(split), 'preparePart')).toEqual(upTo(12));
    expect(partsOf(calls.slice(split), 'uploadPart')).toEqual(upTo(12));
    expect(calls.filter((call) => call.activity === 'splitUpload')).toHaveLength(2);
    expect(calls.filter((call) => call.activity === 'publishAudience')).toHaveLength(1);
    expect(calls.filter((call) => call.activity === 'endActivation')).toHaveLength(1);
  });
});

describe.concurrent('a run that cannot succeed', () => {
  it('stops its lanes at the first failure, records code and words, and publishes nothing', async ({
    expect,
  }) => {
    const { activities, calls } = scriptedActivities({
      parts: 50,
      preparePart: async ({ part }) => {
        if (part !== 5) return { rowsSent: 1, rowsRejected: 0 };
        throw ApplicationFailure.nonRetryable('Too many rows are rejected.', 'rejected_row_limit');
      },
    });
    const run = await begin(activities);
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(calls.at(-1)).toEqual({
      activity: 'endActivation',
      outcome: 'failed',
      failure: 'rejected_row_limit',
    });
    expect(calls.some((call) => call.activity === 'publishAudience')).toBe(false);
    expect(partsOf(calls, 'preparePart').length).toBeLessThan(50);
  });
});

describe.concurrent('a person who intervenes', () => {
  it('pauses: nothing new begins, and after the resume everything is done once', async ({ expect }) => {
    const preparing = held();
    const { activities, calls } = scriptedActivities({
      parts: 12,
      preparePart: async () => {
        await preparing.until;
        return { rowsSent: 1, rowsRejected: 0 };
      },
    });
    const run = await begin(activities);
    await expect.poll(() => partsOf(calls, 'preparePart').length).toBe(4);
    await run.signal('pause');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
    preparing.release();
    await expect.poll(() => partsOf(calls, 'uploadPart')).toEqual([0, 1, 2, 3]);
    await run.signal('resume', { anything: 'ignored' });
    await run.result();
    expect(partsOf(calls, 'preparePart')).toEqual(upTo(12));
    expect(recordedPhases(calls)).toEqual([
      'inspecting',
      'splitting',
      'delivering',
      'paused',
      'delivering',
      'publishing',
      'matching',
      'reporting',
    ]);
  });

  it('cancels: the run cleans up after itself and is shown as canceled', async ({ expect }) => {
    const { activities, calls } = scriptedActivities({
      parts: 4,
      pollAudience: async () => ({ settled: false }),
    });
    const run = await begin(activities);
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('matching');
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(calls.at(-1)).toEqual({ activity: 'endActivation', outcome: 'canceled' });
  });
});
