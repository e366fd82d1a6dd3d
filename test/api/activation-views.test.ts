import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isFinal, PHASES } from '../../src/activation/phases.js';
import { type Activation, activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { part } from '../../src/api/schemas/part.js';
import { recordWaiting } from '../../src/database/activation-waits.js';
import { recordAudience, recordEnd, recordPhase } from '../../src/database/activations.js';
import { recordPublished, recordSend } from '../../src/database/publications.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { problemOf } from './support/api-caller.js';
import { prepareRun } from './support/prepared-run.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let request: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  request = await readyToActivate(api);
});
afterAll(() => api.stop());

async function start(changes: Partial<ActivationRequest> = {}): Promise<Activation> {
  return activation.parse((await api.post('/v1/activations', { ...request, ...changes })).body);
}

async function look(id: string): Promise<Activation> {
  return activation.parse((await api.get(`/v1/activations/${id}`)).body);
}

const list = z.object({ data: z.array(activation), nextCursor: z.string().nullable() });

describe('an activation', () => {
  it('shows progress and identifiers as sums over its parts', async () => {
    const { id } = await start();
    await prepareRun(api.db, id);
    const shown = await look(id);
    expect(shown.progress).toMatchObject({
      rowsTotal: 30,
      rowsRead: 30,
      rowsSent: 27,
      rowsRejected: 3,
      partsTotal: 2,
      partsPrepared: 2,
      partsUploaded: 1,
      bytesTotal: 150,
      bytesPrepared: 150,
      bytesUploaded: 1_000,
    });
    expect(shown.identifiers).toEqual({
      email: { cells: 30, sent: 27, empty: 0, rejected: { no_at_sign: 3 }, prehashed: 0 },
    });
  });

  it('shows what it waits for, what a person must do, how it ended', async () => {
    const { id } = await start();
    const until = new Date('2026-03-01T12:00:00Z');
    const attention = { code: 'reconnect_tiktok', title: 'Sign in again', detail: 'So it is.', url: null };
    await recordPhase(api.db, id, { phase: 'waiting_for_reconnect', attention, step: null });
    await recordWaiting(api.db, id, { kind: 'rate_limit', until });
    expect(await look(id)).toMatchObject({
      phase: 'waiting_for_reconnect',
      attention,
      waiting: { kind: 'rate_limit', until: until.toISOString() },
    });
    await recordAudience(api.db, id, { id: '195365742', state: 'too_small', matched: 12, words: null });
    const failure = { code: 'upload_gone', detail: 'It is gone.', help: 'Upload it again.' };
    await recordEnd(api.db, id, { phase: 'failed', failure, attention: null });
    const ended = await look(id);
    expect(ended).toMatchObject({
      phase: 'failed',
      failure,
      attention: null,
      waiting: null,
      audience: { id: '195365742', state: 'too_small', matched: 12, words: null },
    });
    expect(ended.finishedAt).not.toBeNull();
  });

  it('warns of fewer than 1,000 people once all rows are counted, until TikTok has decided', async () => {
    const { id } = await start();
    expect((await look(id)).attention).toBeNull();
    await prepareRun(api.db, id);
    expect((await look(id)).attention).toMatchObject({
      code: 'few_people',
      detail: expect.stringContaining('TikTok must match 1,000'),
    });
    await recordAudience(api.db, id, { id: '195365742', state: 'ready', matched: 2_000, words: null });
    expect((await look(id)).attention).toBeNull();

    const appended = await start({ audience: { action: 'append', audienceId: '195365742' } });
    await prepareRun(api.db, appended.id);
    expect((await look(appended.id)).attention).toBeNull();
  });

  it("shows TikTok's ids of the calls that published it and that it refused", async () => {
    const { id } = await start();
    expect((await look(id)).audience.requestId).toBeNull();
    const intent = {
      activationId: id,
      action: 'create',
      oneTimeName: 'x',
      audienceId: null,
      historyBefore: null,
    };
    await recordSend(api.db, intent, 0, 1_000);
    await recordPublished(api.db, id, {
      audienceId: '195365742',
      requestId: 'req-2',
      warning: null,
      doubted: false,
    });
    expect((await look(id)).audience.requestId).toBe('req-2');
    const failure = { code: 'tiktok_refused', detail: 'No.', help: 'Change it.', requestId: 'req-3' };
    await recordEnd(api.db, id, { phase: 'failed', failure, attention: null });
    expect((await look(id)).failure).toEqual(failure);
  });

  it('shows its parts, with what TikTok answered', async () => {
    const { id } = await start();
    expect((await api.get(`/v1/activations/${id}/parts`)).body).toEqual({ data: [], nextCursor: null });
    await prepareRun(api.db, id);
    const { data } = z
      .object({ data: z.array(part) })
      .parse((await api.get(`/v1/activations/${id}/parts`)).body);
    expect(data).toMatchObject([
      { index: 0, rows: 20, filePath: 'abcd', requestId: 'req-1', ledger: { rowsSent: 18, rowsRejected: 2 } },
      { index: 1, rows: 10, filePath: null, uploadedAt: null },
    ]);
  });

  it('is 404 when there is none', async () => {
    for (const path of ['', '/parts', '/events', '/rejected-rows']) {
      const answer = await api.get(`/v1/activations/act_none${path}`);
      expect(problemOf(answer)).toMatchObject({ status: 404, code: 'not_found' });
    }
  });
});

describe('the list of activations', () => {
  it('is filtered by phase, connection and a part of a name, and goes on at the cursor', async () => {
    const first = await start({ audience: { action: 'create', name: 'Winter 100% wool' } });
    const second = await start({ audience: { action: 'create', name: 'Winter wool' } });
    await recordPhase(api.db, second.id, { phase: 'delivering', attention: null, step: null });
    const ids = async (query: string) =>
      list.parse((await api.get(`/v1/activations?${query}`)).body).data.map(({ id }) => id);
    expect(await ids('q=winter')).toEqual([second.id, first.id]);
    expect(await ids('q=100%25')).toEqual([first.id]);
    expect(await ids('q=winter&phase=delivering')).toEqual([second.id]);
    expect(await ids(`q=winter&connectionId=${request.connectionId}`)).toHaveLength(2);
    expect(await ids('q=winter&connectionId=con_other')).toEqual([]);
    const page = list.parse((await api.get('/v1/activations?q=winter&limit=1')).body);
    expect(await ids(`q=winter&cursor=${page.nextCursor}`)).toEqual([first.id]);
    expect((await api.get('/v1/activations?phase=sleeping')).status).toBe(400);
  });
});

describe('signals', () => {
  it('reach the run and are answered with 202', async () => {
    const { id } = await start();
    for (const message of ['pause', 'reconnected', 'cancel']) {
      const answer = await api.post(`/v1/activations/${id}/${message}`);
      expect(answer.status).toBe(202);
      expect(activation.parse(answer.body).id).toBe(id);
    }
    const told = api.runs.told
      .filter(({ activationId }) => activationId === id)
      .map(({ message }) => message);
    expect(told).toEqual(['pause', 'reconnected', 'cancel']);
  });

  it('resume and pause reach the run whatever phase is recorded: the one before may not be recorded yet', async () => {
    const { id } = await start();
    for (const phase of ['queued', 'delivering', 'paused']) {
      await recordPhase(api.db, id, { phase, attention: null, step: null });
      for (const message of ['pause', 'resume', 'pause']) {
        expect((await api.post(`/v1/activations/${id}/${message}`)).status).toBe(202);
      }
    }
    const told = api.runs.told
      .filter(({ activationId }) => activationId === id)
      .map(({ message }) => message);
    expect(told).toEqual(Array.from({ length: 3 }, () => ['pause', 'resume', 'pause']).flat());
  });

  it('answer the question that the person has read, also under a pause, and no other', async () => {
    const { id } = await start();
    const asks = {
      code: 'audience_would_shrink',
      title: 'Less than half',
      detail: 'Approve or reject.',
      url: null,
    };
    const approve = (question: string) => api.post(`/v1/activations/${id}/approve?question=${question}`);
    await recordPhase(api.db, id, { phase: 'waiting_for_approval', attention: asks, step: null });
    expect(problemOf(await approve('rejected_rows_over_limit'))).toMatchObject({
      status: 409,
      code: 'question_changed',
      phase: 'waiting_for_approval',
    });
    expect((await approve(asks.code)).status).toBe(202);
    await recordPhase(api.db, id, { phase: 'paused', attention: asks, step: null });
    expect((await approve(asks.code)).status).toBe(202);
    expect(problemOf(await approve('rejected_rows_over_limit')).code).toBe('run_asks_nothing');
    const told = api.runs.told.filter(({ activationId }) => activationId === id);
    expect(told).toEqual(
      [asks.code, asks.code].map((question) => ({ activationId: id, message: 'approve', question })),
    );
  });

  it.each(['approve', 'reject'])(
    '%s that names no question answers the open one under a pause, and nothing where a sign-in or a setting is missing',
    async (message) => {
      const { id } = await start();
      const answer = async (code: string, query: string) => {
        const attention = { code, title: 'Title', detail: 'Detail.', url: null };
        await recordPhase(api.db, id, { phase: 'paused', attention, step: null });
        return api.post(`/v1/activations/${id}/${message}${query}`);
      };
      expect((await answer('publication_unclear', '')).status).toBe(202);
      const told = () => api.runs.told.filter(({ activationId }) => activationId === id);
      expect(told()).toEqual([{ activationId: id, message }]);
      for (const code of ['reconnect_tiktok', 'environment_missing']) {
        for (const query of ['', `?question=${code}`]) {
          const refusal = problemOf(await answer(code, query));
          expect(refusal).toMatchObject({ status: 409, code: 'run_asks_nothing', phase: 'paused' });
        }
      }
      expect(told()).toHaveLength(1);
    },
  );

  it.each([
    ['pause', 'delivering'],
    ['resume', 'paused'],
    ['reconnected', 'waiting_for_reconnect'],
    ['approve', 'waiting_for_approval'],
    ['reject', 'waiting_for_approval'],
  ] as const)(
    '%s reaches a run that is %s whatever the body holds, and nothing of it',
    async (message, phase) => {
      const { id } = await start();
      await recordPhase(api.db, id, { phase, attention: null, step: null });
      const long = JSON.stringify('x'.repeat(200_000));
      const bodies = ['', '7', '{"question":7}', '{"question":', '\u0000\uFFFD', long];
      for (const body of bodies) {
        for (const type of ['application/json', 'application/octet-stream']) {
          const init = { method: 'POST', headers: { 'content-type': type }, body };
          const { status } = await api.call(`/v1/activations/${id}/${message}`, init);
          expect(status, `${type} ${body.slice(0, 20)}`).toBe(202);
        }
      }
      const told = api.runs.told.filter(({ activationId }) => activationId === id);
      expect(told).toEqual(
        bodies.flatMap(() => [
          { activationId: id, message },
          { activationId: id, message },
        ]),
      );
    },
  );

  it('that answer are 409 in each phase in which the run asks nothing', async () => {
    const { id } = await start();
    for (const phase of PHASES.filter((each) => !isFinal(each) && each !== 'waiting_for_approval')) {
      await recordPhase(api.db, id, { phase, attention: null, step: null });
      for (const message of ['approve', 'reject', 'approve?question=audience_would_shrink']) {
        const answer = await api.post(`/v1/activations/${id}/${message}`);
        expect(problemOf(answer)).toMatchObject({ status: 409, code: 'run_asks_nothing', phase });
      }
    }
    expect(api.runs.told.filter(({ activationId }) => activationId === id)).toEqual([]);
  });

  it('are 409 with the phase where they make no sense', async () => {
    const { id } = await start();
    expect(problemOf(await api.post(`/v1/activations/${id}/approve`))).toMatchObject({
      status: 409,
      code: 'run_asks_nothing',
      phase: 'queued',
    });
    await recordEnd(api.db, id, { phase: 'canceled', failure: null, attention: null });
    for (const message of ['pause', 'resume', 'reconnected', 'approve', 'reject', 'cancel']) {
      const answer = await api.post(`/v1/activations/${id}/${message}`);
      expect(problemOf(answer)).toMatchObject({ status: 409, code: 'run_is_over', phase: 'canceled' });
    }
  });

  it('are 409 when Temporal has no such run, and 503 when Temporal does not answer', async () => {
    const { id } = await start();
    api.runs.delivery = 'not_running';
    expect(problemOf(await api.post(`/v1/activations/${id}/pause`)).code).toBe('run_is_gone');
    api.runs.delivery = 'delivered';
    api.runs.reachable = false;
    const answer = await api.post(`/v1/activations/${id}/pause`);
    api.runs.reachable = true;
    expect(problemOf(answer)).toMatchObject({ status: 503, code: 'temporal_unavailable' });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await api.post('/v1/activations/act_none/pause')).status).toBe(404);
  });
});

describe('the event stream', () => {
  async function* events(response: Response): AsyncGenerator<{ id: string; data: Activation }> {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      rest += chunk;
      for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
        const message = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const id = /^id: (.*)$/m.exec(message)?.[1];
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (id !== undefined && data !== undefined) yield { id, data: activation.parse(JSON.parse(data)) };
      }
    }
  }

  it('sends the activation each time it changes and ends with the run', async () => {
    const { id } = await start();
    const response = await fetch(`${api.url}/v1/activations/${id}/events`);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const seen: string[] = [];
    let last = '';
    for await (const event of events(response)) {
      seen.push(event.data.phase);
      last = event.id;
      if (event.data.phase === 'queued')
        await recordPhase(api.db, id, { phase: 'splitting', attention: null, step: null });
      if (event.data.phase === 'splitting') {
        await recordEnd(api.db, id, { phase: 'completed', failure: null, attention: null });
      }
    }
    expect(seen).toEqual(['queued', 'splitting', 'completed']);

    const again = await api.get(`/v1/activations/${id}/events`, { 'last-event-id': last });
    expect(again.status).toBe(204);
  });

  it('has headers for who asks for them alone, and ends', async () => {
    const { id } = await start();
    const answer = await api.call(`/v1/activations/${id}/events`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
  });

  it('does not repeat what the client knows already', async () => {
    const { id } = await start();
    const first = await fetch(`${api.url}/v1/activations/${id}/events`);
    const { value } = await events(first).next();
    const response = await fetch(`${api.url}/v1/activations/${id}/events`, {
      headers: { 'last-event-id': value?.id ?? '' },
    });
    const next = events(response).next();
    await recordPhase(api.db, id, { phase: 'inspecting', attention: null, step: null });
    expect((await next).value?.data.phase).toBe('inspecting');
    await response.body?.cancel().catch(() => undefined);
  });
});
