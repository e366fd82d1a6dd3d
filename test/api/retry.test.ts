import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Activation, activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { recordEnd } from '../../src/database/activations.js';
import { newId } from '../../src/database/ids.js';
import { leasePreparation } from '../../src/database/preparations.js';
import { recordPublished, recordSend, recordSendOver } from '../../src/database/publications.js';
import { countActivations, readyToActivate } from './support/activation-fixtures.js';
import { type Answer, problemOf } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let request: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  request = await readyToActivate(api);
});
afterAll(() => api.stop());

const FAILURE = { code: 'file_refused', detail: 'TikTok refused a file.', help: '' };

async function start(changes: object = {}): Promise<Activation> {
  return activation.parse((await api.post('/v1/activations', { ...request, ...changes })).body);
}

async function ended(phase: 'failed' | 'canceled' | 'completed', changes: object = {}): Promise<Activation> {
  const run = await start(changes);
  await recordEnd(api.db, run.id, { phase, failure: phase === 'failed' ? FAILURE : null, attention: null });
  return run;
}

const intentOf = ({ id }: Activation) => ({
  activationId: id,
  action: 'create',
  oneTimeName: 'name',
  audienceId: null,
  historyBefore: null,
});

const retry = (id: string): Promise<Answer> => api.post(`/v1/activations/${id}/retry`);

describe('POST /v1/activations/:id/retry', () => {
  it.each(['failed', 'canceled'] as const)('starts a %s run again as a new one', async (phase) => {
    const old = await ended(phase, { columns: { Email: 'email' }, normalization: 'tiktok-2025-09' });
    const answer = await retry(old.id);
    expect(answer.status).toBe(202);
    const again = activation.parse(answer.body);
    expect(answer.headers.get('location')).toBe(again.links.self);
    expect(again).toMatchObject({
      retryOf: old.id,
      phase: 'queued',
      uploadId: old.uploadId,
      normalization: 'tiktok-2025-09',
      audience: old.audience,
    });
    const started = api.runs.started.find(({ input }) => input.activationId === again.id);
    expect(started?.title).toMatch(/^Again: Create audience “Spring buyers”/);
    // What the old run came to is not touched.
    expect((await api.get(`/v1/activations/${old.id}`)).body).toMatchObject({ phase, retryOf: null });
  });

  it('gives one new run for twenty requests at the same moment, and takes over what was prepared', async () => {
    const old = await start();
    const { id: preparationId } = await leasePreparation(api.db, {
      id: newId('pre'),
      key: old.id,
      uploadId: old.uploadId,
      plan: {},
      earlier: null,
      activationId: old.id,
    });
    await recordEnd(api.db, old.id, { phase: 'canceled', failure: null, attention: null });
    const before = await countActivations(api);
    const answers = await Promise.all(Array.from({ length: 20 }, () => retry(old.id)));
    const ids = new Set(answers.map(({ body }) => activation.parse(body).id));
    expect(ids.size).toBe(1);
    expect(await countActivations(api)).toBe(before + 1);
    const leases = await api.db
      .selectFrom('preparation_leases')
      .select('activation_id')
      .where('preparation_id', '=', preparationId)
      .execute();
    expect(leases.map(({ activation_id }) => activation_id)).toEqual([...ids]);
  });

  it('points to the retry when that has failed too', async () => {
    const old = await ended('failed');
    const { id } = activation.parse((await retry(old.id)).body);
    await recordEnd(api.db, id, { phase: 'failed', failure: FAILURE, attention: null });
    const problem = problemOf(await retry(old.id));
    expect(problem).toMatchObject({ status: 409, code: 'already_retried', phase: 'failed', retriedAs: id });
    expect((await retry(id)).status).toBe(202);
  });
});

describe('a run that cannot be tried again', () => {
  it.each([
    ['is open', 'run_is_open', () => start()],
    ['has completed', 'run_has_completed', () => ended('completed')],
  ])('because it %s', async (_name, code, make) => {
    const run = await make();
    const problem = problemOf(await retry(run.id));
    expect(problem).toMatchObject({ status: 409, code, phase: expect.any(String) });
  });

  it('because TikTok has taken its request', async () => {
    const run = await start();
    await recordSend(api.db, intentOf(run), 0, 60_000);
    await recordPublished(api.db, run.id, {
      audienceId: '195',
      requestId: null,
      warning: null,
      doubted: false,
    });
    await recordEnd(api.db, run.id, { phase: 'canceled', failure: null, attention: null });
    expect(problemOf(await retry(run.id))).toMatchObject({ status: 409, code: 'run_has_published' });
  });

  it('because nobody knows whether TikTok has taken its request', async () => {
    const run = await start();
    const send = await recordSend(api.db, intentOf(run), 0, 60_000);
    await recordEnd(api.db, run.id, { phase: 'failed', failure: FAILURE, attention: null });
    expect(problemOf(await retry(run.id))).toMatchObject({ status: 409, code: 'outcome_unknown' });
    // Once TikTok has said that it did nothing, it can be tried again.
    await recordSendOver(api.db, run.id, send ?? 0, 'nothing_done');
    expect((await retry(run.id)).status).toBe(202);
  });

  it('because its upload is gone', async () => {
    const uploadId = await api.upload('email\nanna.adler.0@example.com\n');
    const run = await ended('failed', { uploadId });
    await api.tus('DELETE', `/v1/uploads/${uploadId}`);
    expect(problemOf(await retry(run.id))).toMatchObject({ status: 409, code: 'upload_gone' });
  });

  it('because there is none', async () => {
    expect((await retry('act_none')).status).toBe(404);
  });
});
