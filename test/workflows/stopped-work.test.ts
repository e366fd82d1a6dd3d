import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { afterAll, describe, it } from 'vitest';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { type Call, partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { cancelsActivity, standsStill, waitsForAnotherTry } from './standing-still.js';
import { failsBesideAnUpload, reconnectRequired, tooManyRejected } from './stories.js';

const temporal = testNamespace('stopped-work');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const begin = serveByRun({ connection, namespace: temporal.namespace }, client);

const ended = (calls: readonly Call[]) => calls.filter(({ activity }) => activity === 'endActivation');

describe.concurrent('a run that fails while an upload of another part is under way', () => {
  it('ends when the upload has ended, so that its report can tell of it', async ({ expect }) => {
    const { activities: story, stopped } = failsBesideAnUpload();
    const { activities, calls } = scriptedActivities({ parts: 4, ...story });
    const run = await begin(activities, { lanes: 2 });
    await cancelsActivity(run);
    await standsStill(run, ['uploadPart']);
    expect(ended(calls)).toEqual([]);
    stopped.release();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(calls.at(-1)).toMatchObject({ outcome: 'failed', failure: 'rejected_row_limit' });
    expect(partsOf(calls, 'uploadPart')).toEqual([0]);
  });

  it.for<[string, () => Error]>([
    ['TikTok is out of reach', () => new Error('TikTok is out of reach')],
    ['TikTok wants a new authorization', reconnectRequired],
  ])('ends for its reason also when the upload fails because %s', async ([, failure], { expect }) => {
    const { activities: story, stopped } = failsBesideAnUpload(() => {
      throw failure();
    });
    const { activities, calls } = scriptedActivities({ parts: 4, ...story });
    const run = await begin(activities, { lanes: 2 });
    await cancelsActivity(run);
    stopped.release();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(calls.at(-1)).toMatchObject({ outcome: 'failed', failure: 'rejected_row_limit' });
    expect(partsOf(calls, 'uploadPart')).toEqual([0]);
    expect(recordedPhases(calls)).not.toContain('waiting_for_reconnect');
  });
});

describe.concurrent('a run that is cancelled', () => {
  it('while its completion is recorded is completed', async ({ expect }) => {
    const recorded = held();
    const { activities, calls } = scriptedActivities({
      parts: 1,
      endActivation: async ({ failure }) => {
        await recorded.until;
        return { dryRun: true, files: null, audience: null, attention: null, failure };
      },
    });
    const run = await begin(activities, { dryRun: true });
    await standsStill(run, ['endActivation']);
    await run.cancel();
    await cancelsActivity(run);
    recorded.release();
    expect(await run.result()).toMatchObject({ dryRun: true });
    expect(ended(calls)).toEqual([{ activity: 'endActivation', outcome: 'completed' }]);
  });

  it('while it waits for another try is canceled at once', async ({ expect }) => {
    const { activities, calls } = scriptedActivities({
      parts: 1,
      uploadPart: async () => {
        throw ApplicationFailure.create({ message: 'TikTok is out of reach', nextRetryDelay: '1 hour' });
      },
    });
    const run = await begin(activities);
    await waitsForAnotherTry(run);
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(ended(calls)).toEqual([{ activity: 'endActivation', outcome: 'canceled' }]);
  });

  const OUTCOMES: readonly [string, () => void][] = [
    ['is done', () => undefined],
    [
      'fails for an outage',
      () => {
        throw new Error('TikTok is out of reach');
      },
    ],
    [
      'fails for good',
      () => {
        throw tooManyRejected();
      },
    ],
  ];
  const WORK = ['inspectUpload', 'splitUpload', 'preparePart', 'uploadPart', 'pollAudience'] as const;

  describe.each(WORK)('during %s', (activity) => {
    it.for(OUTCOMES)('is canceled when that work %s, and not before', async ([, outcome], { expect }) => {
      const under = held();
      const stopped = held();
      const work = async () => {
        under.release();
        await stopped.until;
        outcome();
      };
      const { activities, calls } = scriptedActivities({
        parts: 2,
        inspectUpload: async () => (activity === 'inspectUpload' ? work() : undefined),
        splitUpload: async () => {
          if (activity === 'splitUpload') await work();
          return { rows: 20, parts: 2 };
        },
        preparePart: async () => {
          if (activity === 'preparePart') await work();
          return { rowsSent: 9, rowsRejected: 1 };
        },
        uploadPart: async () => (activity === 'uploadPart' ? work() : undefined),
        pollAudience: async () => {
          if (activity === 'pollAudience') await work();
          return { settled: false };
        },
      });
      const run = await begin(activities, { lanes: 1 });
      await under.until;
      await run.cancel();
      await cancelsActivity(run);
      await standsStill(run, [activity]);
      expect(ended(calls)).toEqual([]);
      stopped.release();
      await expect(run.result()).rejects.toThrow(WorkflowFailedError);
      expect((await run.describe()).status.name).toBe('CANCELLED');
      expect(ended(calls)).toEqual([{ activity: 'endActivation', outcome: 'canceled' }]);
      expect(calls.filter((call) => call.activity === activity)).toHaveLength(1);
    });
  });
});
