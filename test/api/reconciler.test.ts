import { ApplicationFailure, type Client, defaultPayloadConverter } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReconciler, type Reconciler } from '../../src/api/activations/reconciler.js';
import { createRunStarter, type RunStarter } from '../../src/api/activations/run-starter.js';
import { type Activation, activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { acceptActivations } from '../../src/database/accept-activations.js';
import {
  findActivation,
  markDispatched,
  recordCancelBeforeStart,
  recordEnd,
  recordPhase,
} from '../../src/database/activations.js';
import { recordDelivery } from '../../src/database/deliveries.js';
import { newId } from '../../src/database/ids.js';
import { recordPublished, recordSend } from '../../src/database/publications.js';
import { openStore } from '../../src/storage/open-store.js';
import { type ActivationRuns, createActivationRuns } from '../../src/temporal/activation-runs.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { scriptedActivities } from '../workflows/scripted-activities.js';
import { withWorkers } from '../workflows/workflow-worker.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { problemOf } from './support/api-caller.js';
import { RecordingRuns } from './support/recording-runs.js';
import { capturingLogger, type RunningApi, runApiWith } from './support/running-api.js';

const temporal = testNamespace('api-reconcile');
/** Beyond the time that a new run is given. */
const soon = () => new Date(Date.now() + 60_000);

let api: RunningApi<ActivationRuns>;
let client: Client;
let workers: NativeConnection;
let request: ActivationRequest;
let reconciler: Reconciler;
beforeAll(async () => {
  client = await connectTestClient(temporal);
  workers = await connectTestWorkers(temporal);
  api = await runApiWith(createActivationRuns(client));
  request = await readyToActivate(api);
  reconciler = await reconcilerOn(api.runs);
});
afterAll(async () => {
  await api.stop();
  await workers.close();
});

async function reconcilerOn(
  runs: ActivationRuns,
  stopping = new AbortController().signal,
): Promise<Reconciler> {
  const { logger } = capturingLogger();
  const store = await openStore(api.settings.storageUrl);
  return createReconciler({ db: api.db, store, runs, logger, stopping });
}

async function start(): Promise<Activation> {
  return activation.parse((await api.post('/v1/activations', request)).body);
}

/** What a process leaves that dies before it starts what it has accepted. */
async function acceptOnly(): Promise<string> {
  const stored = await findActivation(api.db, (await start()).id);
  const id = newId('act');
  await acceptActivations(api.db, [{ ...request, id, request: stored?.request ?? {} }], null);
  return id;
}

function starterOn(runs: ActivationRuns): RunStarter {
  const { logger } = capturingLogger();
  const stopping = new AbortController().signal;
  return createRunStarter({ db: api.db, runs, publicUrl: api.url, logger, stopping });
}

async function now(id: string): Promise<Activation> {
  return activation.parse((await api.get(`/v1/activations/${id}`)).body);
}

async function reset(id: string): Promise<void> {
  const { runId } = await client.workflow.getHandle(id).describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: temporal.namespace,
    workflowExecution: { workflowId: id, runId },
    // The first workflow task: started, scheduled, started, completed.
    workflowTaskFinishEventId: 4 as never,
    requestId: newId('act'),
    reason: 'a test',
  });
}

async function historyHas(
  id: string,
  attributes: 'activityTaskScheduledEventAttributes' | 'workflowExecutionCancelRequestedEventAttributes',
): Promise<boolean> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  return events?.some((event) => event[attributes] != null) ?? false;
}

/** Holds an activity until the test lets it go. */
function holding(): { held: Promise<void>; release: () => void } {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { held, release: () => release() };
}

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
      failure: { code: 'terminated', detail: 'The run was terminated in Temporal.' },
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
    await recordDelivery(api.db, {
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
    await withWorkers({ connection: workers, namespace: temporal.namespace }, activities, () =>
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

describe('a run that was reset in Temporal', () => {
  it('is followed: also when it had been terminated before', async () => {
    const { id } = await start();
    const { held, release } = holding();
    const { activities } = scriptedActivities({ parts: 1, inspectUpload: () => held });
    await withWorkers({ connection: workers, namespace: temporal.namespace }, activities, async () => {
      await expect.poll(() => historyHas(id, 'activityTaskScheduledEventAttributes')).toBe(true);
      await reset(id);
      await reconciler.reconcile(soon());
      expect((await now(id)).finishedAt).toBeNull();

      await client.workflow.getHandle(id).terminate();
      await reconciler.reconcile(soon());
      expect((await now(id)).phase).toBe('failed');
      await reset(id);
      await reconciler.reconcile(soon());
      expect(await now(id)).toMatchObject({ finishedAt: null, failure: null });

      release();
      await client.workflow.getHandle(id).result();
    });
    await reconciler.reconcile(soon());
    expect((await now(id)).phase).toBe('completed');
  });

  it('is followed also when it had failed by itself; one that is about to end is not taken for another', async () => {
    const { id } = await start();
    const { held, release } = holding();
    let refused = false;
    const { activities } = scriptedActivities({
      parts: 1,
      inspectUpload: async () => {
        if (refused) return held;
        refused = true;
        throw ApplicationFailure.nonRetryable('The file is empty.', 'empty_file');
      },
      endActivation: async ({ activationId, outcome, failure }) => {
        const { runId } = await client.workflow.getHandle(activationId).describe();
        const stored = failure && { requestId: null, ...failure, help: 'Upload another file.' };
        await recordEnd(api.db, activationId, { phase: outcome, failure: stored, attention: null, runId });
        // Recorded, and still open in Temporal.
        await reconciler.reconcile(soon());
        return { dryRun: false, files: null, audience: null, attention: null, failure };
      },
    });
    await withWorkers({ connection: workers, namespace: temporal.namespace }, activities, async () => {
      await expect(client.workflow.getHandle(id).result()).rejects.toThrow();
      expect(await now(id)).toMatchObject({ phase: 'failed', failure: { code: 'empty_file' } });
      await reconciler.reconcile(soon());
      expect((await now(id)).phase).toBe('failed');

      await reset(id);
      await reconciler.reconcile(soon());
      expect(await now(id)).toMatchObject({ finishedAt: null, failure: null });
      release();
      await client.workflow.getHandle(id).result();
      expect((await now(id)).phase).toBe('completed');
    });
  });

  it('is stopped when it was retried before: the retry does the work', async () => {
    const { id } = await start();
    const { held, release } = holding();
    const { activities } = scriptedActivities({ parts: 1, inspectUpload: () => held });
    const story = async () => {
      await expect.poll(() => historyHas(id, 'activityTaskScheduledEventAttributes')).toBe(true);
      await client.workflow.getHandle(id).terminate();
      await reconciler.reconcile(soon());
      expect((await api.post(`/v1/activations/${id}/retry`)).status).toBe(202);
      await reset(id);
      await reconciler.reconcile(soon());
      // Temporal keeps the request back while a worker is at a task of the run.
      await expect.poll(() => historyHas(id, 'workflowExecutionCancelRequestedEventAttributes')).toBe(true);
      expect((await now(id)).phase).toBe('failed');
    };
    await withWorkers({ connection: workers, namespace: temporal.namespace }, activities, () =>
      story().finally(release),
    );
  });
});

describe('what was recorded and not told', () => {
  it('a start that was lost with the process that recorded it is made up for, once', async () => {
    const id = await acceptOnly();
    const starter = starterOn(api.runs);
    await Promise.all([starter.startUndispatched(soon()), starter.startUndispatched(soon())]);
    expect((await client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
    expect((await findActivation(api.db, id))?.dispatched_at).not.toBeNull();
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

describe('a run that Temporal lost before it began', () => {
  /** As of a run that Temporal had taken and does not know any more. */
  async function lost(): Promise<string> {
    const id = await acceptOnly();
    await markDispatched(api.db, id);
    return id;
  }

  it('is started again under its id, with its input', async () => {
    const id = await lost();
    await reconciler.settle(id);
    expect(await now(id)).toMatchObject({ phase: 'queued', failure: null, finishedAt: null });
    await starterOn(api.runs).startUndispatched(soon());
    const run = client.workflow.getHandle(id);
    expect((await run.describe()).status.name).toBe('RUNNING');
    const { events } = await run.fetchHistory();
    const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(defaultPayloadConverter.fromPayload(input ?? {})).toMatchObject({
      activationId: id,
      connectionId: request.connectionId,
      advertiserId: request.advertiserId,
      action: 'create',
      dryRun: false,
    });
    await reconciler.reconcile(soon());
    expect((await findActivation(api.db, id))?.dispatched_at).not.toBeNull();
    await run.terminate('end of the test');
  });

  it('can be cancelled instead', async () => {
    const id = await lost();
    const answer = await api.post(`/v1/activations/${id}/cancel`);
    expect(answer.status).toBe(202);
    expect(activation.parse(answer.body)).toMatchObject({ phase: 'canceled', failure: null });
  });
});

describe('a cancellation of what Temporal has not taken yet', () => {
  const canceled = (id: string) => historyHas(id, 'workflowExecutionCancelRequestedEventAttributes');
  const cancel = async (id: string) => {
    const answer = await api.post(`/v1/activations/${id}/cancel`);
    expect(activation.parse(answer.body).phase).toBe('canceled');
  };

  it.each(['before Temporal has taken the start', 'before that is recorded'])(
    'leaves no run when it comes while the run is started: %s',
    async (moment) => {
      const id = await acceptOnly();
      const early = moment === 'before Temporal has taken the start';
      const starter = starterOn({
        ...api.runs,
        start: async (input, title) => {
          if (early) await cancel(input.activationId);
          await api.runs.start(input, title);
          if (!early) await cancel(input.activationId);
        },
      });
      await starter.start(id);
      expect(await canceled(id)).toBe(true);
      expect(await now(id)).toMatchObject({ phase: 'canceled', failure: null });
      expect((await findActivation(api.db, id))?.dispatched_at).toBeNull();
    },
  );

  it('leaves no run when the process dies that was starting it', async () => {
    const id = await acceptOnly();
    expect(await recordCancelBeforeStart(api.db, id, null)).toBe(true);
    // The start reaches Temporal after all; its process cannot look at what it has started any more.
    await client.workflow.start('ActivateAudience', { taskQueue: 'core', workflowId: id });
    await reconciler.reconcile(soon());
    expect(await canceled(id)).toBe(true);
    expect((await now(id)).phase).toBe('canceled');
    await client.workflow.getHandle(id).terminate('end of the test');
    await reconciler.reconcile(soon());
    expect((await now(id)).phase).toBe('canceled');
  });
});
