import { Context } from '@temporalio/activity';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { toApplicationFailure } from '../../src/activities/application-failure.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import type { RunProgress } from '../../src/workflows/messages.js';
import { pollDelayMs } from '../../src/workflows/poll-delay.js';
import { startTimeSkipping } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { reconnectRequired } from './stories.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const { environment, server } = await startTimeSkipping();
const begin = serveByRun(server, environment.client);

describe('polling over the two days that TikTok may take', () => {
  it('looks often at first and hourly later, until TikTok has finished', async () => {
    const looks: number[] = [];
    const { activities } = scriptedActivities({
      parts: 1,
      pollAudience: async ({ elapsedMs }) => {
        looks.push(elapsedMs);
        return { settled: elapsedMs >= 48 * HOUR_MS };
      },
    });
    await (await begin(activities)).result();
    expect(looks[0]).toBeGreaterThanOrEqual(5_000);
    expect(looks.at(-1)).toBeGreaterThanOrEqual(48 * HOUR_MS);
    expect(looks.length).toBeLessThan(90);
    expect(looks.filter((elapsed) => elapsed < HOUR_MS).length).toBeGreaterThan(10);
  });
});

describe('a run that waits for a person', () => {
  /** What the run took, from its start to its end. */
  async function untilGivenUp(
    scripted: ReturnType<typeof scriptedActivities>,
    action: 'create' | 'remove',
  ): Promise<{ days: number; events: number }> {
    const run = await begin(scripted.activities, { action });
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    const { startTime, closeTime, historyLength } = await run.describe();
    return {
      days: ((closeTime?.getTime() ?? 0) - startTime.getTime()) / DAY_MS,
      events: historyLength ?? 0,
    };
  }

  it('to sign in is given up after 30 days, cleans up, and has cost next to nothing', async () => {
    const scripted = scriptedActivities({
      parts: 8,
      uploadPart: async () => {
        throw reconnectRequired();
      },
      awaitReconnect: async () => {
        throw ApplicationFailure.create({ message: 'nobody has signed in', nextRetryDelay: '12 hours' });
      },
    });
    const { days, events } = await untilGivenUp(scripted, 'create');
    expect(days).toBeGreaterThanOrEqual(30);
    expect(days).toBeLessThan(31);
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(120);
    expect(scripted.calls.at(-1)).toEqual({
      activity: 'endActivation',
      outcome: 'failed',
      failure: 'reconnect_timed_out',
    });
  });

  it('to sign in does not wait anew when TikTok was found to be mended, and refuses all the same after the 30 days', async () => {
    let mended = 0;
    const scripted = scriptedActivities({
      parts: 1,
      uploadPart: async () => {
        if (mended > 0 && Context.current().info.attempt === 1)
          throw ApplicationFailure.create({ message: 'TikTok is down', nextRetryDelay: '20 days' });
        throw reconnectRequired();
      },
      awaitReconnect: async () => {
        if (mended === 0 && Context.current().info.attempt === 1)
          throw ApplicationFailure.create({ message: 'nobody has signed in', nextRetryDelay: '20 days' });
        mended += 1;
      },
    });
    const { days } = await untilGivenUp(scripted, 'create');
    expect(days).toBeGreaterThanOrEqual(40);
    expect(days).toBeLessThan(41);
    expect(mended).toBe(1);
    expect(scripted.calls.at(-1)).toMatchObject({ failure: 'reconnect_timed_out' });
  });

  it('to sign in has its 30 days each time, where TikTok has granted something in between', async () => {
    const pause = held();
    const refused = new Set<number>();
    const refusedOnce = (part: number) => {
      if (refused.has(part)) return;
      refused.add(part);
      throw reconnectRequired();
    };
    const { activities, calls } = scriptedActivities({
      parts: 3,
      uploadPart: async ({ part }) => {
        if (part !== 1) refusedOnce(part);
        else await pause.until;
      },
      awaitReconnect: async () => {
        if (refused.has(2) && Context.current().info.attempt === 1)
          throw ApplicationFailure.create({ message: 'nobody has signed in', nextRetryDelay: '1 hour' });
      },
    });
    const run = await begin(activities, { lanes: 1 });
    await expect.poll(() => partsOf(calls, 'uploadPart')).toEqual([0, 0, 1]);
    await run.signal('pause');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
    pause.release();
    await expect.poll(async () => (await run.describe()).raw.pendingActivities ?? []).toEqual([]);
    expect((await run.query<RunProgress>('progress')).phase).toBe('paused');
    await environment.sleep('35 days');
    await run.signal('resume');
    await run.result();
    expect(partsOf(calls, 'uploadPart')).toEqual([0, 0, 1, 2, 2]);
  });

  it('to approve is given up after 30 days, and nothing is sent', async () => {
    const scripted = scriptedActivities({
      parts: 8,
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 1_019 }),
    });
    const { days } = await untilGivenUp(scripted, 'remove');
    expect(days).toBeGreaterThanOrEqual(30);
    expect(days).toBeLessThan(31);
    expect(partsOf(scripted.calls, 'uploadPart')).toEqual([]);
    expect(scripted.calls.at(-1)).toEqual({
      activity: 'endActivation',
      outcome: 'failed',
      failure: 'approval_timed_out',
    });
  });

  it('to resume waits for four months without a step, and then does everything once', async () => {
    const { activities, calls } = scriptedActivities({ parts: 8 });
    const run = await begin(activities);
    await run.signal('pause');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
    // The last step before the boundary at which the pause holds.
    await expect.poll(() => calls.some(({ activity }) => activity === 'checkDestination')).toBe(true);
    await expect.poll(async () => (await run.describe()).raw.pendingActivities ?? []).toEqual([]);
    expect((await run.query<RunProgress>('progress')).phase).toBe('paused');
    const before = calls.length;
    await environment.sleep('120 days');
    expect(calls.length).toBe(before);
    expect((await run.query<RunProgress>('progress')).phase).toBe('paused');
    await run.signal('resume');
    await run.result();
    expect(partsOf(calls, 'uploadPart')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(partsOf(calls, 'preparePart')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("TikTok's limit of a day", () => {
  it('lets a run wait until midnight, says so meanwhile, and go on by itself', async () => {
    const began = await environment.currentTimeMs();
    const waitMs = 9 * HOUR_MS;
    const midnight = new Date('2026-11-24T00:00:00Z');
    let refused = 0;
    const { activities, calls } = scriptedActivities({
      parts: 6,
      uploadPart: async () => {
        if ((await environment.currentTimeMs()) - began >= waitMs) return;
        refused += 1;
        throw toApplicationFailure(dayLimit({ until: midnight, waitMs }), {}, true).failure;
      },
    });
    const run = await begin(activities, { lanes: 2 });
    const details = async () => (await run.query<Metadata>('__temporal_workflow_metadata')).currentDetails;
    await expect.poll(details).toContain("Waiting for TikTok's rate limit, until 00:00 UTC");
    await run.result();
    expect(await details()).not.toContain('Waiting');
    expect((await environment.currentTimeMs()) - began).toBeGreaterThanOrEqual(waitMs);
    // Each lane has met it once, and all parts are uploaded in the end.
    expect(refused).toBeLessThanOrEqual(2);
    expect(partsOf(calls, 'uploadPart')).toHaveLength(6 + refused);
    expect(recordedPhases(calls).at(-1)).toBe('reporting');
  });
});

interface Metadata {
  readonly currentDetails: string;
}

function dayLimit(wait: { until: Date; waitMs: number }): TikTokError {
  return new TikTokError('rate_limit', 'dmp/custom_audience/file/upload/ was refused with code 40100', {
    code: 40100,
    httpStatus: 200,
    requestId: null,
    endpoint: 'dmp/custom_audience/file/upload/',
    advice: 'Nothing has to be done.',
    wait,
  });
}

describe('the delay between looks', () => {
  it('starts at five seconds, grows by half to a quarter of an hour, and is an hour from two hours on', () => {
    expect([0, 1, 2].map((looks) => pollDelayMs(looks, 0))).toEqual([5_000, 7_500, 11_250]);
    expect(pollDelayMs(40, HOUR_MS)).toBe(15 * 60_000);
    expect(pollDelayMs(40, 2 * HOUR_MS)).toBe(HOUR_MS);
  });
});
