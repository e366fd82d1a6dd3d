import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { recordPhase } from '../../src/database/activations.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let id: string;
let connectionId: string;
beforeAll(async () => {
  api = await runApi();
  const request = await readyToActivate(api);
  connectionId = request.connectionId;
  id = activation.parse((await api.post('/v1/activations', request)).body).id;
});
afterAll(() => api.stop());

describe('the page of a run', () => {
  it('tells what a person must do, and leads to the sign-in at TikTok', async () => {
    const attention = {
      code: 'reconnect_tiktok',
      title: 'Reconnect <TikTok>',
      detail: 'Sign in again.',
      url: null,
    };
    await recordPhase(api.db, id, { phase: 'waiting_for_reconnect', attention, step: null });
    const page = await api.get(`/activations/${id}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('The run waits for a new sign-in');
    expect(page.text).toContain('Reconnect &lt;TikTok&gt;');
    expect(page.text).toContain(`href="/connections/${connectionId}/sign-in"`);
  });

  it('is not there for a run that is not there', async () => {
    expect((await api.get('/activations/act_unknown')).status).toBe(404);
  });
});

describe('the link to the sign-in', () => {
  it('sends the browser to TikTok with a state of its own each time', async () => {
    const places = await Promise.all(
      [1, 2].map(async () => {
        const answer = await fetch(`${api.url}/connections/${connectionId}/sign-in`, { redirect: 'manual' });
        expect(answer.status).toBe(303);
        return new URL(answer.headers.get('location') ?? '').searchParams.get('state');
      }),
    );
    expect(places[0]).not.toBe(places[1]);
    expect(places).not.toContain(null);
  });
});
