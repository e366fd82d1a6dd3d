import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { type ActivationRuns, createActivationRuns } from '../../src/temporal/activation-runs.js';
import { connectTestClient, testNamespace } from '../support/temporal.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { problemOf } from './support/api-caller.js';
import { type RunningApi, runApiWith } from './support/running-api.js';

let api: RunningApi<ActivationRuns>;
let client: Client;
beforeAll(async () => {
  client = await connectTestClient(testNamespace('api-activations'));
  api = await runApiWith(createActivationRuns(client));
});
afterAll(() => api.stop());

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

it('many requests with one key at the same moment make one workflow', async () => {
  const request = await readyToActivate(api);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.post('/v1/activations', request, { 'idempotency-key': 'same' })),
  );
  const ids = new Set(answers.map(({ body }) => activation.parse(body).id));
  expect(ids.size).toBe(1);
  for (const id of ids) await client.workflow.getHandle(id).terminate('end of the test');
});
