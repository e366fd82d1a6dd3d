import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { progress } from '../../src/workflows/messages.js';
import { bundleWorkflows } from '../support/bundle-workflows.js';
import { replay } from '../support/replay.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { held } from './held.js';
import { parseRecorded } from './recorded-history.js';
import { partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { reconnectRequired } from './stories.js';
import { startRun, withWorkers } from './workflow-worker.js';

// What `npm run keep-workflows` has kept: docs/changing-workflows.md tells when that is done.
const OLDER = await bundleWorkflows(
  new URL('./older-release/workflows/activate-audience.js', import.meta.url),
);

const temporal = testNamespace('replay');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const server = { connection, namespace: temporal.namespace };

const upTo = (parts: number) => Array.from({ length: parts }, (_, part) => part);

it('a run that the older release began, and continued as new, goes on between two parts under this one', async () => {
  let begun = 0;
  const preparing = held();
  const { activities, calls } = scriptedActivities({
    parts: 16,
    preparePart: async () => {
      begun += 1;
      if (begun > 9) await preparing.until;
      return { rowsSent: 9, rowsRejected: 1 };
    },
  });
  const id = await withWorkers(
    server,
    activities,
    async () => {
      const run = await startRun(client, { continueAfterEvents: 70, lanes: 2 });
      await expect.poll(() => begun).toBeGreaterThan(9);
      await run.signal('pause');
      await expect.poll(() => recordedPhases(calls).at(-1)).toBe('paused');
      preparing.release();
      await expect.poll(() => partsOf(calls, 'uploadPart').length).toBe(begun);
      const { runId } = await client.workflow.getHandle(run.workflowId).describe();
      expect(runId).not.toBe(run.firstExecutionRunId);
      return run.workflowId;
    },
    OLDER,
  );
  const before = partsOf(calls, 'uploadPart').length;
  expect(before).toBeLessThan(16);
  await withWorkers(server, activities, async () => {
    const run = client.workflow.getHandle(id);
    await run.signal('resume');
    await run.result();
    expect(await run.query(progress)).toMatchObject({
      phase: 'completed',
      partsUploaded: 16,
      rowsSent: 144,
      rowsRejected: 16,
      rowsTotal: 160,
    });
  });
  expect(partsOf(calls, 'preparePart')).toEqual(upTo(16));
  expect(partsOf(calls, 'uploadPart')).toEqual(upTo(16));
  expect(calls.filter(({ activity }) => activity === 'publishAudience')).toHaveLength(1);
  expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
});

it('a run of the older release in which a part was prepared in the step in which another upload failed replays', async () => {
  const file = new URL('./older-histories/failed-beside-prepared.json', import.meta.url);
  await replay(parseRecorded(await readFile(file, 'utf8')));
});

it('a run that waits for a person under the older release is reconnected under this one', async () => {
  let usable = false;
  const { activities, calls } = scriptedActivities({
    parts: 4,
    uploadPart: async () => {
      if (!usable) throw reconnectRequired();
    },
    recheckConnection: async ({ ask }) => ask && usable,
  });
  const id = await withWorkers(
    server,
    activities,
    async () => {
      const run = await startRun(client);
      await expect.poll(() => recordedPhases(calls).at(-1)).toBe('waiting_for_reconnect');
      return run.workflowId;
    },
    OLDER,
  );
  usable = true;
  // While no worker is there at all.
  await client.workflow.getHandle(id).signal('reconnected');
  await withWorkers(server, activities, async () => {
    await client.workflow.getHandle(id).result();
    expect(await client.workflow.getHandle(id).query(progress)).toMatchObject({ partsUploaded: 4 });
  });
  expect(partsOf(calls, 'preparePart')).toEqual(upTo(4));
  expect(calls.filter(({ activity }) => activity === 'publishAudience')).toHaveLength(1);
  expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome: 'completed' });
});
