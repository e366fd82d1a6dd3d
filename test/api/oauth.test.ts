import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import { newConnection } from '../../src/api/schemas/connection.js';
import { recordEnd } from '../../src/database/activations.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { ADVERTISER, consent, problemOf, SECOND_ADVERTISER } from './support/api-caller.js';
import { connectionCalls, NEW_CONNECTION } from './support/connection-calls.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

const { create, look, signInAgain, sandbox } = connectionCalls(() => api);

describe('a new connection', () => {
  it('is not configured, and has a link to sign in with that leads back here', async () => {
    const answer = await api.post('/v1/connections', NEW_CONNECTION);
    expect(answer.status).toBe(201);
    const created = newConnection.parse(answer.body);
    expect(created).toMatchObject({
      status: 'not_configured',
      name: 'Our shop',
      advertisers: [],
      authorizedBy: null,
    });
    expect(answer.headers.get('location')).toBe(`/v1/connections/${created.id}`);
    const url = new URL(created.authorizationUrl);
    expect(url.origin + url.pathname).toBe(`${api.sandboxUrl}/portal/auth`);
    expect(url.searchParams.get('app_id')).toBe('7000000000000000000');
    expect(url.searchParams.get('redirect_uri')).toBe(`${api.url}/v1/oauth/tiktok/callback`);
    expect(url.searchParams.get('state')?.length).toBeGreaterThanOrEqual(43);
  });

  it('is configured after the sign-in, with its advertisers, their time zones and audiences', async () => {
    const { id, authorizationUrl } = await create();
    const page = await api.signIn(authorizationUrl);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.text).toContain('TikTok is connected');
    const configured = await look(id);
    expect(configured).toMatchObject({
      status: 'configured',
      attention: null,
      advertisers: [
        { id: ADVERTISER, name: 'Sandbox Advertiser', timezone: 'Europe/Berlin', audiences: 0 },
        { id: SECOND_ADVERTISER, name: 'Second Advertiser', timezone: 'America/New_York', audiences: 0 },
      ],
    });
    expect(configured.authorizedBy).not.toBeNull();
    expect(configured.authorizedAt).not.toBeNull();
  });

  it('works with what could be learned when TikTok tells less of the advertisers', async () => {
    await sandbox('faults', {
      endpoint: 'advertiser/info/',
      kind: 'code',
      code: 40001,
      message: 'no',
      times: 1,
    });
    await sandbox('faults', {
      endpoint: 'dmp/custom_audience/list/',
      kind: 'code',
      code: 40001,
      message: 'no',
      times: 2,
    });
    await sandbox('faults', { endpoint: 'user/info/', kind: 'code', code: 40001, message: 'no', times: 1 });
    const { status, advertisers, authorizedBy } = await api.connect();
    expect(status).toBe('configured');
    expect(advertisers[0]).toEqual({
      id: ADVERTISER,
      name: 'Sandbox Advertiser',
      timezone: null,
      audiences: null,
      canWrite: true,
    });
    expect(authorizedBy).toBeNull();
  });

  it('is refused for an unknown platform', async () => {
    const answer = await api.post('/v1/connections', { platform: 'facebook' });
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'invalid_request' });
  });
});

describe('a sign-in that fails is explained on a page', () => {
  it('when the person does not allow it', async () => {
    const { id, authorizationUrl } = await create();
    const page = await api.signIn(authorizationUrl, { decision: 'deny' });
    expect(page.status).toBe(400);
    expect(page.text).toContain('not allowed');
    expect((await look(id)).status).toBe('not_configured');
  });

  it('when a permission is not ticked, which the connection then says too', async () => {
    const { id, authorizationUrl } = await create();
    const page = await api.signIn(authorizationUrl, { decision: 'approve_without_31' });
    expect(page.status).toBe(400);
    expect(page.text).toContain('Create and Update Custom Audiences');
    expect(await look(id)).toMatchObject({
      status: 'not_configured',
      attention: { code: 'missing_permission', detail: expect.stringContaining('(31)') },
    });
    await api.signIn(await signInAgain(id));
    expect(await look(id)).toMatchObject({ status: 'configured', attention: null });
  });

  it('when the link was used before, also at the same moment', async () => {
    const { id, authorizationUrl } = await create();
    const back = await consent(authorizationUrl);
    const path = back.pathname + back.search;
    const pages = await Promise.all([api.get(path), api.get(path), api.get(path)]);
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect((await api.get(path)).text).toContain('used already');
    expect((await look(id)).status).toBe('configured');
  });

  it('when the link has expired', async () => {
    const { authorizationUrl } = await create();
    await api.db
      .updateTable('authorization_requests')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('used_at', 'is', null)
      .execute();
    const page = await api.signIn(authorizationUrl);
    expect(page.status).toBe(400);
    expect(page.text).toContain('expired');
  });

  it('when it was not begun here, or is no sign-in at all', async () => {
    const { authorizationUrl } = await create();
    const back = await consent(authorizationUrl);
    // The signature is right for another text only.
    back.searchParams.set('state', `${'x'.repeat(43)}.${back.searchParams.get('state')?.split('.')[1]}`);
    expect((await api.get(back.pathname + back.search)).text).toContain('not started here');
    expect((await api.get('/v1/oauth/tiktok/callback')).status).toBe(400);
    expect((await api.get('/v1/oauth/tiktok/callback?state[]=1&state[]=2')).status).toBe(400);
  });

  it('when TikTok does not know the code, and when TikTok does not answer', async () => {
    const refused = await consent((await create()).authorizationUrl);
    refused.searchParams.set('auth_code', '0'.repeat(40));
    const page = await api.get(refused.pathname + refused.search);
    expect(page.status).toBe(400);
    expect(page.text).toContain('no longer valid');

    await sandbox('faults', { endpoint: 'oauth2/access_token/', kind: 'http', status: 502, times: 1 });
    const unavailable = await api.signIn((await create()).authorizationUrl);
    expect(unavailable.status).toBe(503);
    expect(unavailable.text).toContain('does not answer');
  });

  it('and shows nothing of the request', async () => {
    const page = await api.get(
      '/v1/oauth/tiktok/callback?state=%3Cscript%3Ealert(1)%3C/script%3E&code=%3Cb%3E',
    );
    expect(page.text).not.toContain('<script>alert');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('signing in again', () => {
  it('keeps the connection and tells every open run of it', async () => {
    const request = await readyToActivate(api);
    const run = async () => activation.parse((await api.post('/v1/activations', request)).body).id;
    const [open, waiting, over] = [await run(), await run(), await run()];
    await recordEnd(api.db, over, { phase: 'completed', failure: null, attention: null });
    const before = await look(request.connectionId);
    api.runs.told.length = 0;
    const page = await api.signIn(await signInAgain(request.connectionId), { advertiser: ADVERTISER });
    expect(page.status).toBe(200);
    const told = () => api.runs.told.map(({ activationId }) => activationId).sort();
    await expect.poll(told).toEqual([open, waiting].sort());
    expect(new Set(api.runs.told.map(({ message }) => message))).toEqual(new Set(['reconnected']));
    const after = await look(request.connectionId);
    expect(after.advertisers.map(({ id }) => id)).toEqual([ADVERTISER]);
    expect(Date.parse(after.authorizedAt ?? '')).toBeGreaterThan(Date.parse(before.authorizedAt ?? ''));
  });

  it('succeeds although Temporal is out of reach', async () => {
    const request = await readyToActivate(api);
    await api.post('/v1/activations', request);
    api.runs.reachable = false;
    const page = await api.signIn(await signInAgain(request.connectionId));
    api.runs.reachable = true;
    expect(page.status).toBe(200);
  });

  it('for other advertisers than those of open runs is refused, and the old authorization stays', async () => {
    const request = await readyToActivate(api);
    const { id } = activation.parse((await api.post('/v1/activations', request)).body);
    const before = await look(request.connectionId);
    const refused = await api.signIn(await signInAgain(request.connectionId), {
      advertiser: SECOND_ADVERTISER,
    });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(ADVERTISER);
    expect(await look(request.connectionId)).toEqual(before);

    await recordEnd(api.db, id, { phase: 'canceled', failure: null, attention: null });
    const accepted = await api.signIn(await signInAgain(request.connectionId), {
      advertiser: SECOND_ADVERTISER,
    });
    expect(accepted.status).toBe(200);
  });

  it('is 404 for an unknown connection', async () => {
    expect(problemOf(await api.post('/v1/connections/con_none/authorizations')).status).toBe(404);
    expect(problemOf(await api.get('/v1/connections/con_none')).status).toBe(404);
  });
});

it('neither codes nor tokens nor states are in the log or, in clear, in the database', async () => {
  const { authorizationUrl } = await create();
  const state = new URL(authorizationUrl).searchParams.get('state') ?? '';
  const back = await consent(authorizationUrl);
  const code = back.searchParams.get('auth_code') ?? '';
  await api.get(back.pathname + back.search);
  const dump = await dumpOf(api);
  const log = api.log.join('');
  expect(code).toMatch(/^[0-9a-f]{40}$/);
  for (const secret of [code, state, 'sandbox-secret']) {
    expect(log).not.toContain(secret);
    expect(dump).not.toContain(secret);
  }
  // Tokens of the sandbox are 40 hexadecimal digits; nothing of that form may be in clear.
  const tokens = await api.db.selectFrom('connections').select('access_token').execute();
  for (const { access_token: token } of tokens) {
    if (token !== null) expect(token.toString('latin1')).not.toMatch(/[0-9a-f]{40}/);
  }
  expect(log).not.toMatch(/\b[0-9a-f]{40}\b/);
  expect(log).toContain('/v1/oauth/tiktok/callback');
});

/** Every row of every table, as text. */
async function dumpOf({ db }: RunningApi): Promise<string> {
  const tables = [
    'connections',
    'connection_advertisers',
    'authorization_requests',
    'activations',
    'uploads',
  ] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows, (_key, value: unknown) =>
    Buffer.isBuffer(value) ? value.toString('latin1') : value,
  );
}
