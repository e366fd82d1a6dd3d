import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, describe, it } from 'vitest';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { reconnectRequired } from './stories.js';

const temporal = testNamespace('reconnect');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const begin = serveByRun({ connection, namespace: temporal.namespace }, client);

/** An authorization that is revoked when part 2 is to be uploaded. */
function revoked() {
  const authorization = { usable: true };
  const uploaded: number[] = [];
  let revocations = 0;
  return {
    authorization,
    uploaded,
    uploadPart: async ({ part }: { part: number }) => {
      if (part === 2 && revocations === 0) {
        revocations += 1;
        authorization.usable = false;
      }
      if (!authorization.usable) {
        throw reconnectRequired();
      }
      uploaded.push(part);
    },
  };
}

describe.concurrent('a run whose authorization is revoked', () => {
  it('waits once for all its lanes, and the signal makes the same run go on', async ({ expect }) => {
    const story = revoked();
    const { activities, calls } = scriptedActivities({
      parts: 8,
      uploadPart: story.uploadPart,
      recheckConnection: async ({ ask }) => ask && story.authorization.usable,
    });
    const run = await begin(activities, { lanes: 1 });
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_reconnect');

    await run.signal('reconnected');
    await expect.poll(() => calls.filter((call) => call.activity === 'recheckConnection').length).toBe(2);
    expect((await run.describe()).status.name).toBe('RUNNING');

    story.authorization.usable = true;
    await run.signal('reconnected', { invalid: ['argument'] });
    await run.result();
    expect(story.uploaded).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(partsOf(calls, 'preparePart')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(recordedPhases(calls).filter((phase) => phase === 'waiting_for_reconnect')).toHaveLength(1);
    expect(recordedPhases(calls).at(-1)).toBe('reporting');
  });

  it('closes the gate once when several lanes find out together', async ({ expect }) => {
    const authorization = { usable: false };
    const refused: number[] = [];
    const { activities, calls } = scriptedActivities({
      parts: 8,
      uploadPart: async ({ part }) => {
        if (authorization.usable) return;
        refused.push(part);
        throw reconnectRequired();
      },
      recheckConnection: async ({ ask }) => ask && authorization.usable,
    });
    const run = await begin(activities);
    await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_reconnect');
    authorization.usable = true;
    await run.signal('reconnected');
    await run.result();
    expect(new Set(refused).size).toBe(refused.length);
    expect(recordedPhases(calls).filter((phase) => phase === 'waiting_for_reconnect')).toHaveLength(1);
  });

  it('goes on by the slow check when no signal comes', async ({ expect }) => {
    const story = revoked();
    const { activities, calls } = scriptedActivities({
      parts: 4,
      uploadPart: story.uploadPart,
      awaitReconnect: async () => {
        story.authorization.usable = true;
      },
    });
    await (await begin(activities, { lanes: 1 })).result();
    expect(story.uploaded).toEqual([0, 1, 2, 3]);
    expect(calls.some((call) => call.activity === 'awaitReconnect')).toBe(true);
  });

  it.for(['the signal first', 'the slow check first'])(
    'goes on once when signal and slow check come together (%s)',
    async (order, { expect }) => {
      const story = revoked();
      let notice: (() => void) | undefined;
      const { activities, calls } = scriptedActivities({
        parts: 6,
        uploadPart: story.uploadPart,
        recheckConnection: async ({ ask }) => ask && story.authorization.usable,
        awaitReconnect: () =>
          new Promise<void>((resolve) => {
            notice = resolve;
          }),
      });
      const run = await begin(activities, { lanes: 2 });
      await expect.poll(() => notice).toBeDefined();
      story.authorization.usable = true;
      const signalled = () => Promise.all([run.signal('reconnected'), run.signal('reconnected')]);
      if (order === 'the signal first') await signalled();
      notice?.();
      if (order === 'the slow check first') await signalled();
      await run.result();
      expect([...story.uploaded].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(partsOf(calls, 'preparePart')).toEqual([0, 1, 2, 3, 4, 5]);
      expect(recordedPhases(calls).filter((phase) => phase === 'waiting_for_reconnect')).toHaveLength(1);
    },
  );

  it('does not wait at all when somebody has signed in since the call failed', async ({ expect }) => {
    const story = revoked();
    const { activities, calls } = scriptedActivities({
      parts: 4,
      uploadPart: story.uploadPart,
      recheckConnection: async () => {
        story.authorization.usable = true;
        return true;
      },
    });
    await (await begin(activities, { lanes: 1 })).result();
    expect(recordedPhases(calls)).not.toContain('waiting_for_reconnect');
  });

  it('fails in words when nobody signs in before the deadline', async ({ expect }) => {
    const story = revoked();
    const { activities, calls } = scriptedActivities({ parts: 4, uploadPart: story.uploadPart });
    const run = await begin(activities, { lanes: 1, reconnectWithinMs: 300 });
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect(calls.at(-1)).toEqual({
      activity: 'endActivation',
      outcome: 'failed',
      failure: 'reconnect_timed_out',
    });
  });
});
