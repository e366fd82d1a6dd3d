import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { CUSTOMERS, countActivations, readyToActivate } from './support/activation-fixtures.js';
import { ADVERTISER, type Answer, problemOf, SECOND_ADVERTISER } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

const several = z.strictObject({ data: z.array(activation) });

let api: RunningApi;
let one: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  one = await readyToActivate(api);
});
afterAll(() => api.stop());

function to(...targets: { advertiserId?: string; connectionId?: string; audience?: object }[]) {
  const { uploadId, ...destination } = one;
  return { uploadId, destinations: targets.map((target) => ({ ...destination, ...target })) };
}

const both = () => to({ advertiserId: ADVERTISER }, { advertiserId: SECOND_ADVERTISER });

describe('POST /v1/activations with destinations', () => {
  it('answers with one activation for each, in their order, and starts a run for each', async () => {
    const started = api.runs.started.length;
    const answer = await api.post('/v1/activations', both());
    expect(answer.status).toBe(202);
    const { data } = several.parse(answer.body);
    expect(data.map(({ advertiserId }) => advertiserId)).toEqual([ADVERTISER, SECOND_ADVERTISER]);
    expect(new Set(data.map(({ uploadId }) => uploadId))).toEqual(new Set([one.uploadId]));
    const inputs = api.runs.started.slice(started).map(({ input }) => input.activationId);
    expect(inputs.sort()).toEqual(data.map(({ id }) => id).sort());
  });

  it('takes them in a form too', async () => {
    const { uploadId: _, ...wanted } = both();
    const form = new FormData();
    form.append('file', new Blob([CUSTOMERS]), 'customers.csv');
    form.append('activation', JSON.stringify(wanted));
    const answer = await api.call('/v1/activations', { method: 'POST', body: form });
    const { data } = several.parse(answer.body);
    expect(data).toHaveLength(2);
    expect(new Set(data.map(({ uploadId }) => uploadId)).size).toBe(1);
  });

  it('gives the same list for one Idempotency-Key, twenty times at once, and refuses another list', async () => {
    const before = await countActivations(api);
    const key = { 'idempotency-key': 'fan-out' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/v1/activations', both(), key)),
    );
    const lists = answers.map(({ body }) => several.parse(body).data.map(({ id }) => id));
    expect(new Set(lists.map(String)).size).toBe(1);
    expect(await countActivations(api)).toBe(before + 2);
    const other = await api.post('/v1/activations', to({ advertiserId: ADVERTISER }), key);
    expect(problemOf(other)).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
  });
});

describe('a list of which one destination cannot be taken starts nothing', () => {
  async function refused(body: object): Promise<Answer> {
    const [before, started] = [await countActivations(api), api.runs.started.length];
    const answer = await api.post('/v1/activations', body);
    expect(await countActivations(api)).toBe(before);
    expect(api.runs.started.length).toBe(started);
    return answer;
  }

  it('because advertisers are not the connection’s: all of them are named', async () => {
    const answer = await refused(
      to({}, { advertiserId: '7000000000000000009' }, { advertiserId: '7000000000000000008' }),
    );
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'unknown_advertiser' });
    expect(problemOf(answer).errors.map(({ pointer }) => pointer)).toEqual([
      '/destinations/1/advertiserId',
      '/destinations/2/advertiserId',
    ]);
  });

  it('because a connection is unknown', async () => {
    const answer = await refused(to({}, { connectionId: 'con_none' }));
    expect(problemOf(answer).errors[0]?.pointer).toBe('/destinations/1/connectionId');
  });

  it.each([
    ['creates the same name', {}],
    ['changes the same audience', { audience: { action: 'append', audienceId: '1' } }],
  ])('because another one %s for the same advertiser', async (_name, target) => {
    const remove = { action: 'remove', audienceId: '1' };
    const repeated = 'audience' in target ? { audience: remove } : {};
    const answer = await refused(to(target, { advertiserId: SECOND_ADVERTISER }, repeated));
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'repeated_destination' });
    expect(problemOf(answer).errors.map(({ pointer }) => pointer)).toEqual(['/destinations/2']);
  });

  it.each([
    ['is empty', () => to(), '/destinations'],
    ['has more than 50', () => to(...Array.from({ length: 51 }, () => ({}))), '/destinations'],
    ['has a wrong member', () => to({}, { audience: { action: 'create' } }), '/destinations/1/audience/name'],
    ['stands beside a destination', () => ({ ...both(), advertiserId: ADVERTISER }), ''],
  ])('because the list %s', async (_name, body, pointer) => {
    const answer = await refused(body());
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'invalid_request' });
    expect(problemOf(answer).errors.map((error) => error.pointer)).toContain(pointer);
  });
});
