import { describe, expect, it } from 'vitest';
import { APP, BERLIN, DMP, emailFile, freshSandbox, NEW_YORK, signedInSandbox } from './running-sandbox.js';

describe('the consent page', () => {
  it('shows three buttons and where it leads back to', async () => {
    const client = await freshSandbox();
    const query = new URLSearchParams({
      app_id: APP.app_id,
      redirect_uri: 'http://127.0.0.1:9/callback?a="b"',
    });
    const page = await (await fetch(`${client.url}/portal/auth?${query}`)).text();
    expect(page).toContain('value="approve"');
    expect(page).toContain('value="approve_without_31"');
    expect(page).toContain('value="deny"');
    expect(page).not.toContain('a="b"');
  });

  it('sends back auth_code, code and state when approved', async () => {
    const back = await (await freshSandbox()).consent('approve');
    expect([...back.searchParams.keys()]).toEqual(['auth_code', 'code', 'state']);
    expect(back.searchParams.get('auth_code')).toMatch(/^[0-9a-f]{40}$/);
    expect(back.searchParams.get('code')).toBe(back.searchParams.get('auth_code'));
    expect(back.searchParams.get('state')).toBe('xyz');
  });

  it('sends back nothing but the state when denied', async () => {
    const back = await (await freshSandbox()).consent('deny');
    expect([...back.searchParams.entries()]).toEqual([['state', 'xyz']]);
  });

  it('keeps a query that the redirect address has already', async () => {
    const back = await (await freshSandbox()).consent('approve', {
      redirect_uri: 'http://127.0.0.1:9/callback?keep=1',
    });
    expect(back.searchParams.get('keep')).toBe('1');
  });

  it('names what is wrong instead of redirecting to a place that is no address', async () => {
    const { url } = await freshSandbox();
    const response = await fetch(`${url}/portal/auth?app_id=1&redirect_uri=javascript:alert(1)`, {
      redirect: 'manual',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('app_id, redirect_uri');
  });
});

describe('the exchange of a code', () => {
  it('gives a token of 40 hex digits, the advertisers and the scopes as numbers', async () => {
    const client = await freshSandbox();
    const back = await client.consent('approve');
    const { code, data } = await client.exchange(back.searchParams.get('auth_code') ?? '');
    expect(code).toBe(0);
    expect(data['access_token']).toMatch(/^[0-9a-f]{40}$/);
    expect(data['advertiser_ids']).toEqual([BERLIN, NEW_YORK]);
    expect(data['scope']).toEqual(expect.arrayContaining([30, 31]));
  });

  it('writes a scope of 19 digits as a number with all its digits, as TikTok does', async () => {
    const client = await freshSandbox();
    const back = await client.consent('approve');
    const response = await client.api('oauth2/access_token/', {
      method: 'POST',
      body: JSON.stringify({ ...APP, auth_code: back.searchParams.get('auth_code') }),
    });
    expect(await response.text()).toMatch(/"scope":\[10,30,31,32,\d{19}\]/);
  });

  it('takes a code once', async () => {
    const client = await freshSandbox();
    const code = (await client.consent('approve')).searchParams.get('auth_code') ?? '';
    expect((await client.exchange(code)).code).toBe(0);
    expect(await client.exchange(code)).toMatchObject({
      code: 40110,
      message: 'The auth_code is canceled. Please re-authorize and try again with a new auth_code.',
    });
  });

  it('takes a code for an hour only', async () => {
    const client = await freshSandbox();
    const code = (await client.consent('approve')).searchParams.get('auth_code') ?? '';
    await client.admin('POST', 'clock', { advanceSeconds: 3600 });
    expect((await client.exchange(code)).code).toBe(40110);
  });

  it.each([
    [{ secret: 'wrong' }, 40101],
    [{ app_id: '7000000000000000009' }, 40113],
    [{ auth_code: 'f'.repeat(40) }, 40110],
    [{ auth_code: '' }, 40002],
  ])('refuses %o with %i', async (change, code) => {
    const client = await freshSandbox();
    const authCode = (await client.consent('approve')).searchParams.get('auth_code') ?? '';
    expect((await client.exchange(authCode, change)).code).toBe(code);
  });

  it('gives another token at every sign-in, and the older one goes on working', async () => {
    const client = await freshSandbox();
    const first = await client.signIn();
    const second = await client.signIn();
    expect(second).not.toBe(first);
    client.token = first;
    expect((await client.get('user/info/')).code).toBe(0);
  });
});

describe('the end of an authorization', () => {
  it('kills every token at once', async () => {
    const client = await signedInSandbox();
    expect(await client.admin('POST', 'authorizations/revoke')).toEqual({ revoked: 1 });
    expect(await client.get('user/info/')).toMatchObject({
      code: 40105,
      message: 'Access token is incorrect or has been revoked.',
    });
    client.token = await client.signIn();
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it('kills only the tokens of one advertiser when asked so', async () => {
    const client = await freshSandbox();
    const ofBerlin = await client.signIn('approve', { advertiser: BERLIN });
    const ofNewYork = await client.signIn('approve', { advertiser: NEW_YORK });
    await client.admin('POST', 'authorizations/revoke', { advertiserId: BERLIN });
    client.token = ofBerlin;
    expect((await client.get('user/info/')).code).toBe(40105);
    client.token = ofNewYork;
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it('comes with oauth2/revoke_token/ for the token that is named', async () => {
    const client = await signedInSandbox();
    const answer = await client.post('oauth2/revoke_token/', { ...APP, access_token: client.token });
    expect(answer).toMatchObject({
      code: 0,
      data: { app_id: APP.app_id, advertiser_ids: [BERLIN, NEW_YORK] },
    });
    expect((await client.get('user/info/')).code).toBe(40105);
  });
});

describe('permissions', () => {
  it('are missing where the box was not ticked, in the words of a grant', async () => {
    const client = await freshSandbox();
    client.token = await client.signIn('approve_without_31');
    expect((await client.get(`${DMP}list/`, { advertiser_id: BERLIN })).code).toBe(0);
    expect(await client.tryUpload(emailFile(0, 1))).toMatchObject({
      code: 40001,
      message: 'advertiser does not grant you /dmp/custom_audience/file/upload/:POST permission',
    });
  });

  it('go from what was granted, and come back by signing in again', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'scopes', { remove: [3] });
    expect((await client.get(`${DMP}list/`, { advertiser_id: BERLIN })).code).toBe(40001);
    client.token = await client.signIn();
    expect((await client.get(`${DMP}list/`, { advertiser_id: BERLIN })).code).toBe(0);
  });

  it('go from the app, in the words of the app', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'scopes', { remove: ['31'], from: 'app' });
    const { code, message } = await client.tryUpload(emailFile(0, 1));
    expect(code).toBe(40001);
    expect(message).toContain('The access token lacks the required scope for endpoint');
  });
});

describe('what an authorization shows', () => {
  it('is the advertisers with their names', async () => {
    const client = await signedInSandbox();
    expect((await client.get('oauth2/advertiser/get/', APP)).data).toEqual({
      list: [
        { advertiser_id: BERLIN, advertiser_name: 'Sandbox Advertiser' },
        { advertiser_id: NEW_YORK, advertiser_name: 'Second Advertiser' },
      ],
    });
    expect(await client.get('oauth2/advertiser/get/', { ...APP, app_id: '1' })).toMatchObject({
      code: 40000,
      message:
        "The app_id is inconsistent with the token's app information. Please retry after correcting it.",
    });
  });

  it('is the advertisers with their time zones, and only the fields that are asked for', async () => {
    const client = await signedInSandbox();
    const advertiser_ids = JSON.stringify([BERLIN, NEW_YORK]);
    const { data } = await client.get('advertiser/info/', { advertiser_ids });
    expect(data).toMatchObject({
      list: [
        { advertiser_id: BERLIN, timezone: 'Europe/Berlin', status: 'STATUS_ENABLE' },
        { advertiser_id: NEW_YORK, timezone: 'America/New_York', status: 'STATUS_ENABLE' },
      ],
    });
    const some = await client.get('advertiser/info/', { advertiser_ids, fields: '["name"]' });
    expect(some.data).toEqual({ list: [{ name: 'Sandbox Advertiser' }, { name: 'Second Advertiser' }] });
  });

  it('is the user who signed in', async () => {
    const { data } = await (await signedInSandbox()).get('user/info/');
    expect(data).toMatchObject({ core_user_id: expect.any(String), display_name: 'Sandbox User' });
  });
});
