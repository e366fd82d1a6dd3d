import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Publication } from '../../src/activities/publish-audience.js';
import { startTimeSkipping } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { type Call, partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { standsStill } from './standing-still.js';

const { environment, server } = await startTimeSkipping();
const begin = serveByRun(server, environment.client);

const QUESTION: Publication = {
  next: 'ask',
  attention: { code: 'publication_unclear', title: 'Is it there?', detail: 'Look in TikTok Ads Manager.' },
};
const DONE: Publication = { next: 'done', doubted: false };

const questions = (calls: readonly Call[]) =>
  recordedPhases(calls).filter((phase) => phase === 'waiting_for_approval').length;

describe('an approval', () => {
  it.each<[string, Publication]>([
    ['TikTok still processes the audience', { next: 'take_turn' }],
    ['files have to be uploaded again first', { next: 'upload_again', parts: [0], lost: true }],
  ])('holds until TikTok was asked: %s', async (_why, notNow) => {
    const asked: boolean[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async ({ goAhead }) => {
        asked.push(goAhead);
        if (!goAhead) return QUESTION;
        return asked.length === 2 ? notNow : DONE;
      },
    });
    const run = await begin(activities, { action: 'append' });
    await expect.poll(() => questions(calls)).toBe(1);
    await run.signal('approve');
    await run.result();
    expect(asked).toEqual([false, true, true]);
    expect(questions(calls)).toBe(1);
  });

  it('does not answer the question that comes when TikTok was looked at once more', async () => {
    const asked: boolean[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async ({ goAhead }) => {
        asked.push(goAhead);
        return asked.length < 4 ? QUESTION : DONE;
      },
    });
    const run = await begin(activities);
    for (const number of [1, 2, 3]) {
      await expect.poll(() => questions(calls)).toBe(number);
      await run.signal('approve');
    }
    await run.result();
    expect(asked).toEqual([false, true, true, true]);
  });

  it('is not asked for again when the run is planned anew', async () => {
    let upgraded = false;
    const { activities, calls } = scriptedActivities({
      parts: 1,
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 1_005 }),
      preparePart: async () => {
        if (upgraded) return { rowsSent: 9, rowsRejected: 1 };
        upgraded = true;
        throw ApplicationFailure.nonRetryable('The plan is of an earlier engine.', 'plan_outdated');
      },
    });
    const run = await begin(activities, { action: 'remove' });
    await expect.poll(() => questions(calls)).toBe(1);
    await run.signal('approve');
    await run.result();
    expect(upgraded).toBe(true);
    expect(questions(calls)).toBe(1);
  });
});

describe('a pause', () => {
  it('holds what TikTok has lost and is to be uploaded again', async () => {
    const again = held();
    let asked = 0;
    const { activities, calls } = scriptedActivities({
      parts: 3,
      uploadPart: async () => {
        if (asked === 1) await again.until;
      },
      publishAudience: async () => {
        asked += 1;
        return asked === 1 ? { next: 'upload_again', parts: [0, 1, 2], lost: true } : DONE;
      },
    });
    const run = await begin(activities);
    await expect.poll(() => partsOf(calls, 'uploadPart')).toHaveLength(4);
    await run.signal('pause');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
    again.release();
    await standsStill(run, []);
    expect(partsOf(calls, 'uploadPart')).toHaveLength(4);
    await run.signal('resume');
    await run.result();
    expect(partsOf(calls, 'uploadPart')).toHaveLength(6);
  });
});

describe('a run that is canceled long before its next look', () => {
  it('takes that look before it ends', async () => {
    const looks: boolean[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async ({ lookOnly }) => {
        if (lookOnly) looks.push(lookOnly);
        return lookOnly ? DONE : { next: 'look', inMs: 3_600_000 };
      },
    });
    const run = await begin(activities);
    await standsStill(run, ['timer']);
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(looks).toEqual([true]);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'canceled' });
  });
});
