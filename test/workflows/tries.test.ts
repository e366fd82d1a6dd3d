import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toApplicationFailure } from '../../src/activities/application-failure.js';
import { earlierTries, keepTries, type Tries } from '../../src/activities/tries.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { scriptedActivities } from './scripted-activities.js';
import { startRun, withWorkers } from './workflow-worker.js';

const temporal = testNamespace('workflows-tries');
const client = await connectTestClient(temporal);
let connection: Awaited<ReturnType<typeof connectTestWorkers>>;
beforeAll(async () => {
  connection = await connectTestWorkers(temporal);
});
afterAll(() => connection?.close());

const details = { httpStatus: 200, requestId: null, endpoint: 'x/', advice: 'Wait.' } as const;
const limit = () =>
  new TikTokError('rate_limit', 'Too many.', {
    ...details,
    code: 40100,
    wait: { until: new Date(), waitMs: 1 },
  });
const refusal = () =>
  new TikTokError('invalid', 'A check refused it.', { ...details, code: 40700, retry: 'once' });

describe('tries', () => {
  it('are counted by what the attempts failed for, from attempt to attempt', async () => {
    const seen: Tries[] = [];
    const failures = [limit(), refusal(), limit(), limit(), refusal()];
    const { activities } = scriptedActivities({
      parts: 1,
      uploadPart: async () => {
        const context = Context.current();
        const earlier = earlierTries(context);
        const { failure, tries } = toApplicationFailure(failures[seen.length] ?? refusal(), earlier);
        seen.push(earlier);
        keepTries(context, tries);
        throw failure;
      },
    });
    await withWorkers({ connection, namespace: temporal.namespace }, activities, async () => {
      await expect((await startRun(client)).result()).rejects.toThrow(WorkflowFailedError);
    });
    const once = { tiktok_code_40700: 1 };
    expect(seen).toEqual([{}, {}, once, once, once]);
  });
});
