import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunStarter } from '../../src/api/activations/run-starter.js';
import { activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { findActivation } from '../../src/database/activations.js';
import type { ActivateAudienceInput } from '../../src/workflows/messages.js';
import { countActivations, readyToActivate } from './support/activation-fixtures.js';
import { problemOf } from './support/api-caller.js';
import { RecordingRuns } from './support/recording-runs.js';
import { capturingLogger, type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let request: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  request = await readyToActivate(api);
});
afterAll(() => api.stop());

describe('the Idempotency-Key', () => {
  it('gives one activation for twenty requests at the same moment', async () => {
    const before = await countActivations(api);
    const started = api.runs.started.length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        api.post('/v1/activations', request, { 'idempotency-key': 'spring-1' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => activation.parse(body).id)).size).toBe(1);
    expect(await countActivations(api)).toBe(before + 1);
    expect(api.runs.started.length).toBe(started + 1);
  });

  it('does not mind the order of members, and refuses another body', async () => {
    const key = { 'idempotency-key': 'spring-2' };
    const first = await api.post('/v1/activations', request, key);
    const { audience, ...rest } = request;
    const again = await api.post('/v1/activations', { audience, ...rest }, key);
    expect(activation.parse(again.body).id).toBe(activation.parse(first.body).id);
    const other = await api.post('/v1/activations', { ...request, dryRun: true }, key);
    expect(other.status).toBe(422);
    expect(problemOf(other).code).toBe('idempotency_key_reused');
  });

  it('gives the same activation when the upload is gone meanwhile', async () => {
    const uploadId = await api.upload('email\nanna.adler.0@example.com\n');
    const key = { 'idempotency-key': 'spring-3' };
    const first = await api.post('/v1/activations', { ...request, uploadId }, key);
    await api.db
      .updateTable('activations')
      .set({ phase: 'completed', finished_at: new Date() })
      .where('id', '=', activation.parse(first.body).id)
      .execute();
    expect((await api.tus('DELETE', `/v1/uploads/${uploadId}`)).status).toBe(204);
    const again = await api.post('/v1/activations', { ...request, uploadId }, key);
    expect(activation.parse(again.body).id).toBe(activation.parse(first.body).id);
  });

  it('is refused when it is too long', async () => {
    const answer = await api.post('/v1/activations', request, { 'idempotency-key': 'k'.repeat(256) });
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'invalid_idempotency_key' });
  });
});

describe('while Temporal is out of reach', () => {
  it('a request is accepted all the same, and its run is started once Temporal is back', async () => {
    api.runs.reachable = false;
    const answer = await api.post('/v1/activations', request);
    const { id } = activation.parse(answer.body);
    expect(answer.status).toBe(202);
    expect((await findActivation(api.db, id))?.dispatched_at).toBeNull();

    const started = () => api.runs.started.filter(({ input }) => input.activationId === id).length;
    const { logger } = capturingLogger();
    const starter = createRunStarter({
      db: api.db,
      runs: api.runs,
      publicUrl: api.url,
      logger,
      stopping: new AbortController().signal,
    });
    const later = new Date(Date.now() + 60_000);
    await starter.startUndispatched(later);
    expect(started()).toBe(0);

    api.runs.reachable = true;
    await starter.startUndispatched(new Date());
    expect(started()).toBe(0);
    await starter.startUndispatched(later);
    await starter.startUndispatched(later);
    expect(started()).toBe(1);
    expect((await findActivation(api.db, id))?.dispatched_at).not.toBeNull();
  });

  it('a process that stops leaves the other ones to the next process', async () => {
    api.runs.reachable = false;
    for (let run = 0; run < 3; run += 1) await api.post('/v1/activations', request);
    const { logger } = capturingLogger();
    const stopper = new AbortController();
    class StoppedRuns extends RecordingRuns {
      override async start(input: ActivateAudienceInput, title: string): Promise<void> {
        stopper.abort();
        return super.start(input, title);
      }
    }
    const runs = new StoppedRuns();
    const stopping = stopper.signal;
    const starter = createRunStarter({ db: api.db, runs, publicUrl: api.url, logger, stopping });
    await starter.startUndispatched(new Date(Date.now() + 60_000));
    expect(runs.started).toHaveLength(1);
    api.runs.reachable = true;
  });

  it('a request that Temporal never took can be cancelled, and is not started any more', async () => {
    api.runs.reachable = false;
    const { id } = activation.parse((await api.post('/v1/activations', request)).body);
    const answer = await api.post(`/v1/activations/${id}/cancel`);
    expect(answer.status).toBe(202);
    expect(activation.parse(answer.body)).toMatchObject({
      phase: 'canceled',
      failure: null,
      attention: { code: 'canceled', detail: expect.stringContaining('TikTok has received nothing') },
    });
    api.runs.reachable = true;
    const { logger } = capturingLogger();
    const stopping = new AbortController().signal;
    const starter = createRunStarter({ db: api.db, runs: api.runs, publicUrl: api.url, logger, stopping });
    await starter.start(id);
    await starter.startUndispatched(new Date(Date.now() + 60_000));
    expect(api.runs.started.filter(({ input }) => input.activationId === id)).toEqual([]);
    const again = problemOf(await api.post(`/v1/activations/${id}/cancel`));
    expect(again).toMatchObject({ status: 409, code: 'run_is_over', phase: 'canceled' });
    expect((await api.post(`/v1/activations/${id}/retry`)).status).toBe(202);
  });
});
