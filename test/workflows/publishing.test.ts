import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Publication } from '../../src/activities/publish-audience.js';
import { createActivationRuns } from '../../src/temporal/activation-runs.js';
import type { RunProgress } from '../../src/workflows/messages.js';
import { removalQuestion } from '../../src/workflows/removal-question.js';
import { shrinkingQuestion } from '../../src/workflows/shrinking-question.js';
import { startTimeSkipping } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { type Call, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { standsStill, waitsForAnotherTry } from './standing-still.js';
import { rateLimit, reconnectRequired } from './stories.js';

const HOUR_MS = 3_600_000;

const { environment, server } = await startTimeSkipping();
const begin = serveByRun(server, environment.client);

const count = (calls: readonly Call[], activity: Call['activity']) =>
  calls.filter((call) => call.activity === activity).length;

function completedActivities({ events }: Awaited<ReturnType<typeof historyOf>>): string[] {
  const names = new Map(
    (events ?? []).map((event) => [
      String(event.eventId),
      event.activityTaskScheduledEventAttributes?.activityType?.name ?? '',
    ]),
  );
  return (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
    completed == null ? [] : [names.get(String(completed.scheduledEventId)) ?? ''],
  );
}

const historyOf = (id: string) => environment.client.workflow.getHandle(id).fetchHistory();

/** As a failure that is repeated, with time to do something between two tries. */
const triedInAnHour = (message: string) => ApplicationFailure.create({ message, nextRetryDelay: '1 hour' });

const QUESTION: Publication = {
  next: 'ask',
  attention: { code: 'publication_unclear', title: 'Is it there?', detail: 'Look in TikTok Ads Manager.' },
};

describe('a publication of which only a person can tell', () => {
  it('asks, and goes on when it is approved; an answer that nobody asked for counts for nothing', async () => {
    const asked: boolean[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async ({ goAhead }) => {
        asked.push(goAhead);
        return goAhead ? { next: 'done', doubted: false } : QUESTION;
      },
    });
    const run = await begin(activities, { action: 'append' });
    await run.signal('reject');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_approval');
    await run.signal('approve');
    await run.result();
    expect(asked).toEqual([false, true]);
    expect(recordedPhases(calls).slice(-4)).toEqual([
      'waiting_for_approval',
      'publishing',
      'matching',
      'reporting',
    ]);
  });

  it.each([
    ['is rejected', 60_000, 'publication_rejected'],
    ['is not answered in time', 1_000, 'approval_timed_out'],
  ])('ends the run in words when it %s', async (how, reconnectWithinMs, code) => {
    const { activities, calls } = scriptedActivities({ parts: 1, publishAudience: async () => QUESTION });
    const run = await begin(activities, { reconnectWithinMs });
    if (how === 'is rejected') {
      await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_approval');
      await run.signal('reject');
    }
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'failed', failure: code });
    expect(count(calls, 'publishAudience')).toBe(1);
  });
});

describe('an answer that names its question', () => {
  it('counts for no other: the repetition of one does not answer the next question', async () => {
    const asked = { code: 'rejected_rows_over_limit', title: 'Too many?', detail: '3 of 30 rows.' };
    const { activities, calls } = scriptedActivities({
      parts: 1,
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 50_000 }),
      closeLedger: async () => ({ people: 10, overLimit: asked }),
    });
    const runs = createActivationRuns(environment.client);
    const run = await begin(activities, { action: 'replace' });
    const approve = (question: string) => runs.signal(run.workflowId, 'approve', question);
    const questions = () => recordedPhases(calls).filter((phase) => phase === 'waiting_for_approval');
    await expect.poll(() => questions().length).toBe(1);
    await approve(asked.code);
    await expect.poll(() => questions().length).toBe(2);
    await approve(asked.code);
    expect((await run.query<RunProgress>('progress')).phase).toBe('waiting_for_approval');
    expect(count(calls, 'publishAudience')).toBe(0);
    await approve('audience_would_shrink');
    await run.result();
    expect(count(calls, 'publishAudience')).toBe(1);
  });
});

// Cancelled where the run stands still: the time-skipping server loses the step of one whose activity ends in that moment.
describe('a run that is canceled while it publishes', () => {
  it('finds out first what TikTok has, and then ends', async () => {
    const begun = held();
    const answer = held();
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async () => {
        begun.release();
        await answer.until;
        return count(calls, 'publishAudience') < 3
          ? { next: 'look', inMs: 5_000 }
          : { next: 'done', doubted: false };
      },
    });
    const run = await begin(activities);
    await begun.until;
    await run.cancel();
    // The run has heard of it while TikTok is still asked.
    const events = async () => (await run.fetchHistory()).events ?? [];
    await expect
      .poll(async () =>
        (await events()).some(
          ({ activityTaskCancelRequestedEventAttributes: asked }) => asked !== null && asked !== undefined,
        ),
      )
      .toBe(true);
    answer.release();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(count(calls, 'publishAudience')).toBe(3);
    expect(count(calls, 'pollAudience')).toBe(0);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'canceled' });
  });

  it('asks TikTok for nothing when it had not asked yet', async () => {
    const record = held();
    const looks: (boolean | undefined)[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      recordPhase: async ({ phase }) => {
        if (phase === 'publishing') await record.until;
      },
      publishAudience: async ({ lookOnly }) => {
        looks.push(lookOnly);
        return lookOnly ? { next: 'nothing' } : { next: 'done', doubted: false };
      },
    });
    const run = await begin(activities);
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('publishing');
    await run.cancel();
    record.release();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(looks).toEqual([true]);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'canceled' });
  });

  it('ends also while TikTok is out of reach and nothing was asked', async () => {
    const looks: (boolean | undefined)[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async ({ lookOnly }) => {
        looks.push(lookOnly);
        if (lookOnly) return { next: 'nothing' };
        throw triedInAnHour('TikTok is out of reach');
      },
    });
    const run = await begin(activities);
    await waitsForAnotherTry(run);
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(looks).toEqual([undefined, true]);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'canceled' });
  });

  it('does not wait for its turn', async () => {
    const looks: (boolean | undefined)[] = [];
    const { activities } = scriptedActivities({
      parts: 1,
      publishAudience: async ({ lookOnly }) => {
        looks.push(lookOnly);
        return { next: 'nothing' };
      },
      awaitTurn: async () => {
        throw triedInAnHour('another run comes first');
      },
    });
    const run = await begin(activities, { action: 'append' });
    await waitsForAnotherTry(run);
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(looks).toEqual([true]);
  });

  it('looks what TikTok took before, when it is stopped while it waits for its turn to ask again', async () => {
    const looks: (boolean | undefined)[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 1,
      awaitTurn: async () => {
        if (looks.length > 0) throw new Error('TikTok still works on the audience');
      },
      publishAudience: async ({ lookOnly }) => {
        looks.push(lookOnly);
        return lookOnly ? { next: 'done', doubted: false } : { next: 'take_turn' };
      },
    });
    const run = await begin(activities, { action: 'append' });
    await standsStill(run, ['timer']);
    expect(looks).toEqual([undefined]);
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(looks).toEqual([undefined, true]);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'canceled' });
  });
});

describe('a run that is paused while it publishes', () => {
  it('changes nothing before it goes on, although its turn has come', async () => {
    const turn = held();
    const { activities, calls } = scriptedActivities({ parts: 1, awaitTurn: () => turn.until });
    const run = await begin(activities, { action: 'replace' });
    await expect.poll(() => count(calls, 'awaitTurn')).toBe(1);
    await run.signal('pause');
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
    turn.release();
    // The turn has come once the workflow has been told so, which the query waits for.
    await expect
      .poll(async () => completedActivities(await historyOf(run.workflowId)))
      .toContain('awaitTurn');
    expect((await run.query<RunProgress>('progress')).phase).toBe('paused');
    expect(count(calls, 'publishAudience')).toBe(0);
    await run.signal('resume');
    await run.result();
    expect(count(calls, 'publishAudience')).toBe(1);
  });
});

describe('the page of a run that waits for its turn', () => {
  it("says so also after a wait for TikTok's limits, and not beside the request to sign in", async () => {
    const [turn, signedIn] = [held(), held()];
    let asked = 0;
    const { activities, calls } = scriptedActivities({
      parts: 1,
      awaitTurn: async () => {
        asked += 1;
        if (asked === 1) throw rateLimit(1_000);
        if (asked > 2) return;
        await turn.until;
        throw reconnectRequired();
      },
      awaitReconnect: () => signedIn.until,
    });
    const run = await begin(activities, { action: 'append' });
    const page = async () =>
      (await run.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
    await expect.poll(() => asked).toBe(2);
    expect(await page()).toContain('Waiting until no other run changes the audience');
    turn.release();
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_reconnect');
    expect(await page()).not.toContain('no other run changes the audience');
    signedIn.release();
    await run.result();
  });
});

describe('files that TikTok loses again and again', () => {
  it('end the run after three times, however often it continues as new', async () => {
    const parts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const { activities, calls } = scriptedActivities({
      parts: parts.length,
      publishAudience: async ({ repeats }) => {
        if (repeats >= 3) throw ApplicationFailure.nonRetryable('TikTok has no such file', 'file_refused');
        return { next: 'upload_again', parts, lost: true };
      },
    });
    const run = await begin(activities, { continueAfterEvents: 170 });
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await environment.client.workflow.getHandle(run.workflowId).describe()).runId).not.toBe(
      run.firstExecutionRunId,
    );
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', failure: 'file_refused' });
  });
});

describe('files that grow old before they are published', () => {
  it('are uploaded again as often as that happens, and what has just been is taken as it is', async () => {
    const asked: (boolean | undefined)[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 2,
      publishAudience: async ({ repeats, renewed }) => {
        asked.push(renewed);
        expect(repeats).toBe(0);
        if (asked.length === 9) return { next: 'done', doubted: false };
        if (asked.length % 2 === 0) return { next: 'take_turn' };
        return { next: 'upload_again', parts: [0, 1], lost: false };
      },
    });
    await (await begin(activities, { action: 'append' })).result();
    expect(asked).toEqual([false, true, false, true, false, true, false, true, false]);
    expect(count(calls, 'uploadPart')).toBe(10);
  });
});

describe('a removal that may leave too few people', () => {
  it('is asked about before anything is uploaded', async () => {
    const { activities, calls } = scriptedActivities({
      parts: 2,
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 1_019 }),
    });
    const run = await begin(activities, { action: 'remove' });
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_approval');
    await run.signal('reject');
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(count(calls, 'uploadPart')).toBe(0);
    expect(calls.at(-1)).toMatchObject({ failure: 'removal_rejected' });
  });

  it('is one that could go below 1,000, of an audience that is not below it already', () => {
    expect(removalQuestion(1_500, 501)?.detail).toContain('1500 matched users and the file 501 rows');
    expect(removalQuestion(1_500, 500)).toBeNull();
    expect(removalQuestion(400, 300)).toBeNull();
  });
});

describe('a removal after which the audience would be less than half as large', () => {
  const removal = () =>
    scriptedActivities({
      parts: 2,
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 50_000 }),
      closeLedger: async () => ({ people: 30_000, overLimit: null }),
    });

  it('is asked about when all is uploaded and nothing published, and made once when approved', async () => {
    const { activities, calls } = removal();
    const run = await begin(activities, { action: 'remove' });
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_approval');
    expect((await run.query<RunProgress>('progress')).attention).toContain(
      '50000 matched users, and the file about 30000 different people. If all of them are in the audience, 20000 are left',
    );
    expect([count(calls, 'uploadPart'), count(calls, 'publishAudience')]).toEqual([2, 0]);
    await run.signal('approve');
    await run.result();
    expect(recordedPhases(calls).filter((phase) => phase === 'waiting_for_approval')).toHaveLength(1);
    expect(count(calls, 'publishAudience')).toBe(1);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
  });

  it('publishes nothing when it is rejected', async () => {
    const { activities, calls } = removal();
    const run = await begin(activities, { action: 'remove' });
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_approval');
    await run.signal('reject');
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(count(calls, 'publishAudience')).toBe(0);
    expect(calls.at(-1)).toMatchObject({ outcome: 'failed', failure: 'change_rejected' });
  });

  it('is one that leaves less than half, and not one that leaves half', () => {
    expect(shrinkingQuestion('remove', 50_000, 25_001)?.code).toBe('audience_would_shrink');
    expect(shrinkingQuestion('remove', 50_000, 25_000)).toBeNull();
    expect(shrinkingQuestion('remove', 0, 10)).toBeNull();
    expect(shrinkingQuestion('remove', 600, 900)?.detail).toContain('0 are left');
  });
});

describe('a publication during a long outage', () => {
  it('continues as a new run before its history is long, and publishes once', async () => {
    const { activities, calls } = scriptedActivities({
      parts: 1,
      publishAudience: async () =>
        count(calls, 'publishAudience') < 12 ? { next: 'look', inMs: 0 } : { next: 'done', doubted: false },
    });
    const run = await begin(activities, { continueAfterEvents: 80 });
    await run.result();
    expect((await run.describe()).runId).not.toBe(run.firstExecutionRunId);
    expect(count(calls, 'publishAudience')).toBe(12);
    expect(count(calls, 'uploadPart')).toBe(1);
    expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
  });
});

// The last one: once a child has outlived its parent, this server skips no time for other runs any more.
describe('a publication whose answer was missed', () => {
  it('is looked for after the times that it asks for, and extra audiences are deleted for a day by a run of its own', async () => {
    const looks: number[] = [];
    const sweeps: number[] = [];
    const { activities } = scriptedActivities({
      parts: 1,
      publishAudience: async () => {
        looks.push(await environment.currentTimeMs());
        const inMs = [0, 5_000, 15_000, 400_000][looks.length - 1];
        return inMs === undefined ? { next: 'done', doubted: true } : { next: 'look', inMs };
      },
      sweepExtras: async () => {
        sweeps.push(await environment.currentTimeMs());
        return 0;
      },
    });
    const run = await begin(activities);
    await run.result();
    await environment.client.workflow.getHandle(`${run.workflowId}-extras`).result();
    // By the server's clock: it may skip on as soon as the run is over, before anybody can look.
    const { closeTime } = await run.describe();
    expect(closeTime?.getTime()).toBeLessThan(sweeps[0] ?? 0);
    const gaps = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    for (const [index, least] of [0, 5_000, 15_000, 400_000].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(least);
    }
    expect(sweeps).toHaveLength(5);
    expect((sweeps.at(-1) ?? 0) - (looks.at(-1) ?? 0)).toBeGreaterThanOrEqual(24 * HOUR_MS);
  });
});
