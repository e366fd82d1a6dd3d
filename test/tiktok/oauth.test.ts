import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { authorizationUrl } from '../../src/tiktok/oauth.js';
import { ADVERTISER, APP_SECRET, AUTH_CODE, rejectionOf, TOKEN } from './every-call.js';
import { type ScriptedServer, startScriptedServer, success } from './scripted-server.js';

const appId = '7000000000000000000';

describe('the authorization address', () => {
  it('carries the app, the way back and the state, and no scope', () => {
    const url = new URL(
      authorizationUrl({
        portalUrl: 'https://business-api.tiktok.com/portal/auth?rid=1',
        appId,
        redirectUri: 'http://localhost:8080/v1/oauth/tiktok/callback?a=b&c',
        state: 'signed+state/=',
      }),
    );
    expect(url.origin + url.pathname).toBe('https://business-api.tiktok.com/portal/auth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      rid: '1',
      app_id: appId,
      redirect_uri: 'http://localhost:8080/v1/oauth/tiktok/callback?a=b&c',
      state: 'signed+state/=',
    });
  });
});

describe('the calls about an authorization', () => {
  let server: ScriptedServer;
  let client: TikTokClient;
  beforeAll(async () => {
    server = await startScriptedServer();
    client = createTikTokClient({ apiUrl: server.apiUrl, appId, appSecret: APP_SECRET });
  });
  afterAll(() => server.close());
  beforeEach(() => server.forget());

  it('exchange a code, keeping ids and scopes of 19 digits to the last one', async () => {
    // As text: JSON.stringify could not write these numbers.
    server.reply({
      text: `{"code":0,"message":"OK","request_id":"r","data":{"access_token":"${TOKEN}",
        "advertiser_ids":[7000000000000000001,"7000000000000000003"],"scope":[3,30,7129403423433883649],"extra":{}}}`,
    });
    expect(await client.exchangeAuthCode(AUTH_CODE)).toEqual({
      accessToken: TOKEN,
      advertiserIds: ['7000000000000000001', '7000000000000000003'],
      scopes: ['3', '30', '7129403423433883649'],
      refresh: null,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/open_api/v1.3/oauth2/access_token/' });
    expect(request?.headers).not.toHaveProperty('access-token');
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(String(request?.body))).toEqual({
      app_id: appId,
      secret: APP_SECRET,
      auth_code: AUTH_CODE,
    });
  });

  it.each([{ scope: [3] }, { access_token: '', scope: [3] }, { access_token: TOKEN }, null])(
    'do not take %j for an authorization',
    async (data) => {
      server.reply({ json: success(data) });
      expect(await rejectionOf(client.exchangeAuthCode(AUTH_CODE))).toMatchObject({
        class: 'transient',
        message: expect.stringContaining('not as documented at data'),
      });
    },
  );

  it('revoke a token', async () => {
    server.reply({ json: success({ app_id: appId, advertiser_ids: [ADVERTISER] }) });
    await client.revokeToken(TOKEN);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/open_api/v1.3/oauth2/revoke_token/' });
    expect(server.requests[0]?.headers['access-token']).toBe(TOKEN);
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({
      app_id: appId,
      secret: APP_SECRET,
      access_token: TOKEN,
    });
  });

  it('name the user who signed in, as far as TikTok says', async () => {
    server.reply({ text: '{"code":0,"data":{"core_user_id":7000000000000000009,"display_name":"Anna"}}' });
    expect(await client.authorizingUser(TOKEN)).toEqual({ id: '7000000000000000009', displayName: 'Anna' });
    server.reply({ json: success({ email: 'x' }) });
    expect(await client.authorizingUser(TOKEN)).toEqual({ id: null, displayName: null });
  });

  it('list the advertisers of a token', async () => {
    server.reply({
      json: success({
        list: [{ advertiser_id: ADVERTISER, advertiser_name: 'Shop' }, { advertiser_id: '2' }],
      }),
    });
    expect(await client.authorizedAdvertisers(TOKEN)).toEqual([
      { id: ADVERTISER, name: 'Shop' },
      { id: '2', name: '2' },
    ]);
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      app_id: appId,
      secret: APP_SECRET,
    });
    expect(server.requests[0]?.headers['access-token']).toBe(TOKEN);
  });

  it('describe advertisers, a hundred in one call', async () => {
    server.reply({
      json: success({
        list: [{ advertiser_id: ADVERTISER, name: null, timezone: 'Europe/Berlin', balance: 5 }],
      }),
    });
    const ids = Array.from({ length: 201 }, (_, n) => String(7_000_000 + n));
    const infos = await client.advertiserInfo(TOKEN, ids);
    expect(infos).toHaveLength(3);
    expect(infos[0]).toEqual({ id: ADVERTISER, name: ADVERTISER, timezone: 'Europe/Berlin', status: null });
    const asked = server.requests.map(({ query }) => JSON.parse(query.get('advertiser_ids') ?? ''));
    expect(asked.map((batch) => batch.length)).toEqual([100, 100, 1]);
    expect(asked.flat()).toEqual(ids);
  });
});

describe('the address of the API', () => {
  it('may lack its last slash', async () => {
    const server = await startScriptedServer();
    const client = createTikTokClient({ apiUrl: server.apiUrl.slice(0, -1), appId, appSecret: APP_SECRET });
    await client.revokeToken(TOKEN);
    expect(server.requests[0]?.path).toBe('/open_api/v1.3/oauth2/revoke_token/');
    await server.close();
  });

  it.each(['', 'business-api.tiktok.com', 'ftp://example.com/'])(
    'is refused at once when it is %j',
    (apiUrl) => {
      expect(() => createTikTokClient({ apiUrl, appId, appSecret: APP_SECRET })).toThrow(/open_api\/v1\.3/);
    },
  );
});
