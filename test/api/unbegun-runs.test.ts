import { defaultPayloadConverter } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { findActivation, markDispatched, recordCancelBeforeStart } from '../../src/database/activations.js';
import { testNamespace } from '../support/temporal.js';
import { soon, startReconciling } from './support/reconciling.js';

const { acceptOnly, api, client, historyHas, now, reconciler, request, starterOn } = await startReconciling(
  testNamespace('api-unbegun'),
);

it('a start that was lost with the process that recorded it is made up for, once', async () => {
  const id = await acceptOnly();
  const starter = starterOn(api.runs);
  await Promise.all([starter.startUndispatched(soon()), starter.startUndispatched(soon())]);
  expect((await client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
  expect((await findActivation(api.db, id))?.dispatched_at).not.toBeNull();
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
