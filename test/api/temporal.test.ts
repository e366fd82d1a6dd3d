import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { newId } from '../../src/database/ids.js';
import { type ActivationRuns, createActivationRuns } from '../../src/temporal/activation-runs.js';
import { progress } from '../../src/workflows/messages.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { scriptedActivities } from '../workflows/scripted-activities.js';
import { withWorkers } from '../workflows/workflow-worker.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { problemOf } from './support/api-caller.js';
import { type RunningApi, runApiWith } from './support/running-api.js';

const temporal = testNamespace('api-activations');

const PREPARED = { rowsSent: 9, rowsRejected: 1 };

let api: RunningApi<ActivationRuns>;
let client: Client;
let workers: NativeConnection;
beforeAll(async () => {
  client = await connectTestClient(temporal);
  workers = await connectTestWorkers(temporal);
  api = await runApiWith(createActivationRuns(client));
});
afterAll(async () => {
  await api.stop();
  await workers.close();
});

it('an accepted activation is a workflow under its id, which a person finds by its summary and attributes', async () => {
  const request = await readyToActivate(api);
  const accepted = activation.parse((await api.post('/v1/activations', request)).body);
  const description = await client.workflow.getHandle(accepted.id).describe();
  expect(description.type).toBe('ActivateAudience');
  expect(description.taskQueue).toBe('core');
  expect(description.searchAttributes).toMatchObject({
    ActivationPhase: ['queued'],
    ConnectionId: [request.connectionId],
    AdvertiserId: [request.advertiserId],
  });
  expect(await description.staticSummary()).toContain('Spring buyers');

  expect((await api.post(`/v1/activations/${accepted.id}/pause`)).status).toBe(202);
  expect((await api.post(`/v1/activations/${accepted.id}/cancel`)).status).toBe(202);
  await client.workflow.getHandle(accepted.id).terminate('end of the test');
  const answer = await api.post(`/v1/activations/${accepted.id}/pause`);
  expect(problemOf(answer)).toMatchObject({ status: 409, code: 'run_is_gone' });
});

it('the page of a dry run says that nothing is sent, and that of another run what is delivered', async () => {
  const request = await readyToActivate(api);
  const detailsOf = async (dryRun: boolean) => {
    const { id } = activation.parse((await api.post('/v1/activations', { ...request, dryRun })).body);
    const run = client.workflow.getHandle(id);
    const details = await (await run.describe()).staticDetails();
    await run.terminate('end of the test');
    return details;
  };
  const dry = await detailsOf(true);
  expect(dry).toContain('Nothing is sent: it is a dry run.');
  expect(dry).toContain('the files that would be uploaded are [in the console]');
  expect(dry).not.toMatch(/Delivers|size of the audience/);
  const real = await detailsOf(false);
  expect(real).toContain('Delivers a customer file to TikTok for the advertiser');
  expect(real).toContain('the size of the audience are [in the console]');
});

it('a pause that is taken back before it is recorded does not hold the run, and the next one does', async () => {
  const { id } = activation.parse((await api.post('/v1/activations', await readyToActivate(api))).body);
  const tell = async (...messages: readonly string[]) => {
    for (const message of messages) {
      expect((await api.post(`/v1/activations/${id}/${message}`)).status).toBe(202);
    }
  };
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // These activities record no phase: the database never hears of a pause.
  const { activities } = scriptedActivities({ parts: 1, preparePart: () => held.then(() => PREPARED) });
  const run = client.workflow.getHandle(id);
  const paused = async () => (await run.query(progress)).phase === 'paused';
  await tell('pause', 'resume');
  await withWorkers({ connection: workers, namespace: temporal.namespace }, activities, async () => {
    await expect.poll(async () => (await run.query(progress)).phase).toBe('delivering');
    await tell('pause', 'resume', 'pause');
    await expect.poll(paused).toBe(true);
    await tell('resume', 'pause', 'resume');
    release();
    await run.result();
  });
});

it('is not ready while Temporal has no such namespace, says which and what to do, and is once it is made', async () => {
  const namespace = newId('act').replace('_', '-').toLowerCase();
  const elsewhere = await runApiWith(
    createActivationRuns(new Client({ connection: client.connection, namespace })),
  );
  try {
    const answer = await elsewhere.get('/readyz');
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      ready: false,
      dependencies: {
        database: { ready: true },
        temporal: { ready: false, detail: expect.stringContaining(`no namespace “${namespace}”`) },
      },
    });
    expect(answer.text).toContain('deploy/temporal-namespace.sh');

    const day = msToTs('1 day');
    await client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
    expect((await elsewhere.get('/readyz')).status).toBe(200);
  } finally {
    await elsewhere.stop();
  }
});

it('many requests with one key at the same moment make one workflow', async () => {
  const request = await readyToActivate(api);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.post('/v1/activations', request, { 'idempotency-key': 'same' })),
  );
  const ids = new Set(answers.map(({ body }) => activation.parse(body).id));
  expect(ids.size).toBe(1);
  for (const id of ids) await client.workflow.getHandle(id).terminate('end of the test');
});
