import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 3_000;
const UPLOAD = 'dmp/custom_audience/file/upload/';
/** The reconciler comes every 30 seconds. */
const PATIENCE = { timeout: 120_000, interval: 250 };

let product: TestStack;
let temporal: Client;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '20000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  const connection = await Connection.connect({ address: product.stack.addresses.temporalAddress });
  temporal = new Client({ connection });
}, 180_000);
afterAll(async () => {
  await temporal?.connection.close();
  await product?.stop();
});

/** A run that an operator has terminated in the middle of its uploads, once the API has found out. */
async function terminatedRun(name: string): Promise<Activation> {
  const connectionId = await product.connect();
  const slow = { endpoint: UPLOAD, kind: 'slow', after: 2, times: 4, seconds: 5 };
  await product.admin('POST', 'faults', slow);
  const { id } = await product.activate({
    uploadId: await product.upload(customers(ROWS)),
    connectionId,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name },
  });
  await product.until(id, ({ progress }) => progress.partsUploaded >= 2);
  await temporal.workflow.getHandle(id).terminate('by mistake');
  await expect.poll(async () => (await product.activation(id)).phase, PATIENCE).toBe('failed');
  return product.activation(id);
}

/** As "Reset" in the Web UI does, to the first step. */
async function reset(workflowId: string): Promise<void> {
  const handle = temporal.workflow.getHandle(workflowId);
  const { events } = await handle.fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes != null)?.eventId;
  const { runId } = await handle.describe();
  await temporal.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: first ?? null,
    requestId: randomUUID(),
    reason: 'to bring it back',
  });
}

async function audiences(name: string): Promise<SandboxAudience[]> {
  const all = await product.admin<SandboxAudience[]>('GET', 'audiences');
  return all.filter((audience) => audience.name.startsWith(name));
}

it('a run that is terminated, retried, and then reset as well, makes one audience: the one of the retry', async () => {
  const { id, failure } = await terminatedRun('Retried');
  expect(failure?.code).toBe('terminated');
  const answer = await product.post(`/v1/activations/${id}/retry`);
  expect(answer.status).toBe(202);
  const retried = (await answer.json()) as { id: string };
  await reset(id);

  const done = await product.until(retried.id, ({ phase }) => phase === 'completed');
  // The reset run is not wanted any more, and is told so.
  const standing = async () => (await temporal.workflow.getHandle(id).describe()).status.name;
  await expect.poll(standing, PATIENCE).toMatch(/CANCELLED|FAILED/);
  expect(await audiences('Retried')).toMatchObject([
    { name: 'Retried', members: ROWS, audience_id: done.audience.id },
  ]);
  expect((await product.activation(id)).phase).toBe('failed');
}, 300_000);

it('a run that is terminated and reset goes on as the same activation, and makes one audience', async () => {
  const { id } = await terminatedRun('Brought back');
  await reset(id);
  await expect.poll(async () => (await product.activation(id)).phase, PATIENCE).toBe('completed');
  const done = await product.activation(id);
  expect(done).toMatchObject({ failure: null, progress: { rowsRead: ROWS, rowsSent: ROWS } });
  expect(await audiences('Brought back')).toMatchObject([
    { name: 'Brought back', members: ROWS, audience_id: done.audience.id },
  ]);
}, 300_000);
