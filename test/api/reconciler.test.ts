import { afterAll, describe, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { recordPhase } from '../../src/database/activations.js';
import { recordPublished, recordSend } from '../../src/database/publications.js';
import { type ActivationRuns, createActivationRuns } from '../../src/temporal/activation-runs.js';
import { newPreparation } from '../database/fresh-database.js';
import { recordUpload } from '../support/recorded-upload.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { scriptedActivities } from '../workflows/scripted-activities.js';
import { withWorkers } from '../workflows/workflow-worker.js';
import { problemOf } from './support/api-caller.js';
import { soon, startReconciling } from './support/reconciling.js';
import { RecordingRuns } from './support/recording-runs.js';

const temporal = testNamespace('api-reconcile');
const { api, client, now, reconciler, reconcilerOn, start } = await startReconciling(temporal);
const connection = await connectTestWorkers(temporal);
const server = { connection, namespace: temporal.namespace };
afterAll(() => connection.close());

describe('a run that Temporal has ended', () => {
  it('is left alone while it is open, and fails as terminated once it was terminated; it can be retried', async () => {
    const { id } = await start();
    await reconciler.reconcile(soon());
    expect((await now(id)).phase).toBe('queued');

    await client.workflow.getHandle(id).terminate('a person pressed the wrong button');
    await reconciler.reconcile(soon());
    const settled = await now(id);
    expect(settled).toMatchObject({
      phase: 'failed',
      failure: {
        code: 'terminated',
        detail: 'The run was terminated in Temporal.',
        help: expect.stringContaining('retry the run'),
      },
    });
    expect(settled.finishedAt).not.toBeNull();

    const retried = activation.parse((await api.post(`/v1/activations/${id}/retry`)).body);
    expect((await client.workflow.getHandle(retried.id).describe()).status.name).toBe('RUNNING');
    await client.workflow.getHandle(retried.id).terminate('end of the test');
  });

  it('is settled also when another one cannot be looked at', async () => {
    const ids = [(await start()).id, (await start()).id, (await start()).id];
    for (const id of ids) await client.workflow.getHandle(id).terminate();
    const [broken = ''] = ids;
    const runs: ActivationRuns = {
      ...api.runs,
      look: async (id) => {
        if (id === broken) throw new Error('this one cannot be looked at');
        return api.runs.look(id);
      },
    };
    await (await reconcilerOn(runs)).reconcile(soon());
    const phases = await Promise.all(ids.map(async (id) => (await now(id)).phase));
    expect(phases).toEqual(['queued', 'failed', 'failed']);
    await reconciler.reconcile(soon());
    expect((await now(broken)).phase).toBe('failed');
  });

  it('tells what TikTok has of it: the files, and whether it made an audience', async () => {
    const { id } = await start();
    await newPreparation(api.db, id);
    await recordUpload(api.db, {
      activationId: id,
      partIndex: 0,
      filePath: 'f19fa450136c460f',
      requestId: null,
      bytes: 10,
    });
    await client.workflow.getHandle(id).terminate();
    await reconciler.reconcile(soon());
    expect((await now(id)).attention).toMatchObject({
      code: 'not_published',
      detail: expect.stringContaining('TikTok has received 1 hashed file, of which no audience was made'),
    });

    const published = await start();
    const intent = {
      activationId: published.id,
      action: 'create',
      oneTimeName: 'Spring buyers · x',
      audienceId: null,
      historyBefore: null,
    };
    await recordSend(api.db, intent, 0, 1_000);
    await recordPublished(api.db, published.id, {
      audienceId: '195',
      requestId: null,
      warning: null,
      doubted: false,
    });
    await client.workflow.getHandle(published.id).terminate();
    await reconciler.reconcile(soon());
    const settled = await now(published.id);
    expect(settled.attention?.detail).toContain('has created the audience “Spring buyers · x” (195)');
    expect(settled.failure?.help).toContain('Do not start the activation again');
  });

  it('is not to be retried, by its help as by the API, when nobody knows whether TikTok has its request', async () => {
    const { id } = await start();
    const intent = {
      activationId: id,
      action: 'create',
      oneTimeName: 'Spring buyers · y',
      audienceId: null,
      historyBefore: null,
    };
    await recordSend(api.db, intent, 0, 1_000);
    await client.workflow.getHandle(id).terminate();
    await reconciler.reconcile(soon());
    const { attention, failure } = await now(id);
    expect(attention?.code).toBe('outcome_unknown');
    expect(failure?.help).toMatch(/^Look in TikTok Ads Manager whether TikTok has taken the request/);
    expect(failure?.help).not.toContain('retry');
    const problem = problemOf(await api.post(`/v1/activations/${id}/retry`));
    expect(problem).toMatchObject({ status: 409, code: 'outcome_unknown' });
  });

  it('is settled at once when somebody tells it something', async () => {
    const { id } = await start();
    await client.workflow.getHandle(id).terminate();
    const problem = problemOf(await api.post(`/v1/activations/${id}/pause`));
    expect(problem).toMatchObject({ status: 409, code: 'run_is_gone', phase: 'failed' });
    expect((await now(id)).failure?.code).toBe('terminated');
  });

  it('fails when Temporal has no such run any more, and not while Temporal does not answer', async () => {
    const { id } = await start();
    const silent = new RecordingRuns();
    silent.reachable = false;
    await expect((await reconcilerOn(silent)).reconcile(soon())).rejects.toThrow();
    expect((await now(id)).phase).toBe('queued');

    await recordPhase(api.db, id, { phase: 'inspecting', attention: null, step: null });
    const elsewhere = await connectTestClient(testNamespace('api'));
    await (await reconcilerOn(createActivationRuns(elsewhere))).settle(id);
    expect(await now(id)).toMatchObject({
      phase: 'failed',
      failure: { code: 'terminated', detail: 'Temporal no longer knows the run.' },
    });
    await client.workflow.getHandle(id).terminate('end of the test');
  });

  it.each([
    ['completed', async () => undefined],
    [
      'canceled',
      async (id: string) => {
        await client.workflow.getHandle(id).cancel();
      },
    ],
  ] as const)('is %s when Temporal says so and the database was not told', async (phase, tell) => {
    const { id } = await start();
    await tell(id);
    // These activities record nothing.
    const { activities } = scriptedActivities({ parts: 1 });
    await withWorkers(server, activities, () =>
      client.workflow
        .getHandle(id)
        .result()
        .catch(() => undefined),
    );
    expect((await now(id)).finishedAt).toBeNull();
    await reconciler.reconcile(soon());
    expect(await now(id)).toMatchObject({ phase, failure: null });
  });
});

it('a sign-in is told to the runs that wait for it', async () => {
  const { id } = await start();
  await recordPhase(api.db, id, { phase: 'waiting_for_reconnect', attention: null, step: null });
  const runs = new RecordingRuns();
  const told = () => runs.told.filter(({ activationId }) => activationId === id);
  const recording = await reconcilerOn(runs);
  await recording.reconcile(soon());
  expect(told()).toEqual([{ activationId: id, message: 'reconnected' }]);
  // Long after the sign-in the run has looked by itself, and waits for something else.
  await recording.reconcile(new Date(Date.now() + 3_600_000));
  expect(told()).toHaveLength(1);
});

it('a process that stops looks at no other run', async () => {
  await start();
  await start();
  const stopping = new AbortController();
  const looked: string[] = [];
  const runs: ActivationRuns = {
    ...api.runs,
    async look(id) {
      looked.push(id);
      stopping.abort();
      throw new Error('Temporal is out of reach');
    },
  };
  await (await reconcilerOn(runs, stopping.signal)).reconcile(soon());
  expect(looked).toHaveLength(1);
});
