import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { ADVERTISER, consent, SECOND_ADVERTISER } from './support/api-caller.js';
import { connectionCalls } from './support/connection-calls.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

const { create, look, signInAgain, sandbox } = connectionCalls(() => api);

describe('what TikTok answers to a sign-in is told in words that lead on', () => {
  it.each([
    [40110, 'The sign-in is no longer valid', 'Begin the sign-in again'],
    [40115, 'The sign-in is no longer valid', 'Begin the sign-in again'],
    [40101, 'TikTok did not accept this server', 'TIKTOK_APP_SECRET'],
    [40113, 'TikTok does not know this app', 'My Apps'],
    [40002, 'TikTok did not accept the sign-in', 'code 40002'],
    [50000, 'TikTok does not answer', 'in some minutes'],
    [40100, 'TikTok does not answer', 'in some minutes'],
  ])('code %i', async (code, title, advice) => {
    const { id, authorizationUrl } = await create();
    await sandbox('faults', {
      endpoint: 'oauth2/access_token/',
      kind: 'code',
      code,
      message: 'no',
      times: 1,
    });
    const page = await api.signIn(authorizationUrl);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).toContain(title);
    expect(page.text).toContain(advice);
    expect(page.text).toContain(`href="/connections/${id}/sign-in"`);
    expect((await look(id)).status).toBe('not_configured');
    // The pause that a rate limit causes belongs to this story alone.
    await api.db.deleteFrom('call_pauses').execute();
    await api.db.deleteFrom('call_schedules').execute();
  });

  it('a broken connection to TikTok', async () => {
    await sandbox('faults', { endpoint: 'oauth2/access_token/', kind: 'reset-before', times: 1 });
    const page = await api.signIn((await create()).authorizationUrl);
    expect(page.status).toBe(503);
    expect(page.text).toContain('Nothing was connected');
  });

  it('a state of another purpose is worth nothing', async () => {
    const { id, authorizationUrl } = await create();
    const back = await consent(authorizationUrl);
    const { body } = await api.post(`/v1/connections/${id}/authorizations`, { invitation: { from: 'Anna' } });
    const { authorizationUrl: page } = body as { authorizationUrl: string };
    back.searchParams.set('state', new URL(page).searchParams.get('token') ?? '');
    expect((await api.get(back.pathname + back.search)).text).toContain('not started here');
  });
});

describe('somebody who may only look', () => {
  it('is connected, and the connection says who cannot change what, and what to do', async () => {
    const message = 'advertiser does not grant you /dmp/custom_audience/update/:POST permission';
    const endpoint = 'dmp/custom_audience/update/';
    await sandbox('faults', { endpoint, kind: 'code', code: 40001, message, times: 2 });
    const connection = await api.connect();
    expect(connection.status).toBe('configured');
    expect(connection.advertisers.map(({ canWrite }) => canWrite)).toEqual([false, false]);
    expect(connection.attention).toMatchObject({
      code: 'write_permission_missing',
      url: `${api.url}/connections/${connection.id}/sign-in`,
    });
    expect(connection.attention?.detail).toContain(connection.authorizedBy ?? 'nobody');
    expect(connection.attention?.detail).toContain('Sandbox Advertiser');

    await api.signIn(await signInAgain(connection.id));
    expect(await look(connection.id)).toMatchObject({ attention: null });
  });

  it('is not suspected for an answer that can mean something else', async () => {
    const endpoint = 'dmp/custom_audience/update/';
    await sandbox('faults', { endpoint, kind: 'code', code: 40001, message: 'No permission.', times: 1 });
    await sandbox('faults', { endpoint, kind: 'http', status: 502, times: 1 });
    const { advertisers, attention } = await api.connect();
    expect(advertisers.map(({ canWrite }) => canWrite)).toEqual([null, null]);
    expect(attention).toBeNull();
  });

  it('checking it changes no audience', async () => {
    await api.connect();
    expect(await (await fetch(`${api.sandboxUrl}/_sandbox/audiences`)).json()).toEqual([]);
  });
});

describe('a sign-in for something else', () => {
  it('is refused when it lacks one of several ad accounts that open runs need, and says who authorised last', async () => {
    const request = await readyToActivate(api);
    for (const advertiserId of [ADVERTISER, SECOND_ADVERTISER]) {
      activation.parse((await api.post('/v1/activations', { ...request, advertiserId })).body);
    }
    const before = await look(request.connectionId);
    const page = await api.signIn(await signInAgain(request.connectionId), { advertiser: ADVERTISER });
    expect(page.status).toBe(400);
    expect(page.text).toContain('Second Advertiser');
    expect(page.text).toContain(`authorised last by ${before.authorizedBy}`);
    expect(await look(request.connectionId)).toEqual(before);
  });

  it('is refused without open runs too, when it covers none of the ad accounts that the connection is for', async () => {
    const { id } = await api.connect({ advertiser: ADVERTISER });
    const page = await api.signIn(await signInAgain(id), { advertiser: SECOND_ADVERTISER });
    expect(page.text).toContain('other ad accounts');
    expect((await look(id)).advertisers.map((one) => one.id)).toEqual([ADVERTISER]);
    // After a disconnection the connection begins anew.
    await api.call(`/v1/connections/${id}`, { method: 'DELETE' });
    await api.signIn(await signInAgain(id), { advertiser: SECOND_ADVERTISER });
    expect((await look(id)).advertisers.map((one) => one.id)).toEqual([SECOND_ADVERTISER]);
  });
});
