import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { APP, freshSandbox, type SandboxClient, signedInSandbox } from './running-sandbox.js';

const issued = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string(),
  expires_in: z.number(),
  refresh_token_expires_in: z.number(),
});

const CLIENT = { client_id: APP.app_id, client_secret: APP.secret };

async function code(client: SandboxClient): Promise<string> {
  return (await client.consent('approve')).searchParams.get('auth_code') ?? '';
}

async function rfc(client: SandboxClient, fields: Record<string, string>, asForm = true): Promise<unknown> {
  const response = await client.api('oauth/token/', {
    method: 'POST',
    body: asForm ? new URLSearchParams(fields) : JSON.stringify(fields),
  });
  return response.json();
}

describe('oauth/token/', () => {
  it.each([true, false])(
    'exchanges a code, its answer beside the envelope’s fields (form: %s)',
    async (asForm) => {
      const client = await freshSandbox();
      const fields = { ...CLIENT, grant_type: 'authorization_code', code: await code(client) };
      const answer = await rfc(client, fields, asForm);
      expect(answer).toMatchObject({
        code: 0,
        message: 'OK',
        request_id: expect.any(String),
        access_token: expect.stringMatching(/^[0-9a-f]{40}$/),
        token_type: 'Bearer',
        advertiser_ids: expect.any(Array),
      });
      expect(answer).not.toHaveProperty('data');
      expect(answer).not.toHaveProperty('refresh_token');
      expect(await rfc(client, fields, asForm)).toMatchObject({ code: 40110 });
      expect(await rfc(client, { ...fields, grant_type: 'password' })).toMatchObject({ code: 40108 });
    },
  );
});

describe('a long-term token', () => {
  it('has no refresh token, and cannot be refreshed', async () => {
    const client = await freshSandbox();
    const { data } = await client.exchange(await code(client));
    expect(Object.keys(data).sort()).toEqual(['access_token', 'advertiser_ids', 'scope']);
    const token = z.string().parse(data['access_token']);
    expect(
      await client.post('tt_user/oauth2/refresh_token/', { ...CLIENT, refresh_token: token }),
    ).toMatchObject({ code: 40107 });
    expect(await client.post('oauth2/refresh_token/', { ...APP, refresh_token: token })).toMatchObject({
      code: 40006,
    });
  });
});

describe('tokens that expire, when the settings say so', () => {
  async function refreshable() {
    const client = await freshSandbox({ tokenLifetimes: { accessSeconds: 60, refreshSeconds: 600 } });
    const first = issued.parse((await client.exchange(await code(client))).data);
    client.token = first.access_token;
    return { client, first };
  }

  it('say how long they live, and then answer 40102', async () => {
    const { client, first } = await refreshable();
    expect(first).toMatchObject({ expires_in: 60, refresh_token_expires_in: 600 });
    expect((await client.get('user/info/')).code).toBe(0);
    await client.admin('POST', 'clock', { advanceSeconds: 60 });
    expect((await client.get('user/info/')).code).toBe(40102);
    expect(await client.admin('GET', 'authorizations')).toMatchObject([{ state: 'expired' }]);
  });

  it.each([
    ['oauth2/refresh_token/', APP],
    ['tt_user/oauth2/refresh_token/', { ...CLIENT, grant_type: 'refresh_token' }],
  ])('are refreshed by %s, once by each refresh token', async (path, app) => {
    const { client, first } = await refreshable();
    await client.admin('POST', 'clock', { advanceSeconds: 61 });
    const second = issued.parse(
      (await client.post(path, { ...app, refresh_token: first.refresh_token })).data,
    );
    client.token = second.access_token;
    expect((await client.get('user/info/')).code).toBe(0);
    expect((await client.post(path, { ...app, refresh_token: first.refresh_token })).code).toBe(40107);
    await client.admin('POST', 'clock', { advanceSeconds: 600 });
    expect((await client.post(path, { ...app, refresh_token: second.refresh_token })).code).toBe(40103);
  });

  it('are refreshed by oauth/token/ too, and not after they were revoked', async () => {
    const { client, first } = await refreshable();
    const refresh = (refresh_token: string) =>
      rfc(client, { ...CLIENT, grant_type: 'refresh_token', refresh_token });
    const second = issued.parse(await refresh(first.refresh_token));
    await client.admin('POST', 'authorizations/revoke');
    expect(await refresh(second.refresh_token)).toMatchObject({ code: 40107 });
  });
});

describe('a blocked app', () => {
  it('is refused behind the token and before the permission', async () => {
    const client = await signedInSandbox({ appBlocked: true }).catch(() => null);
    expect(client).toBeNull();
    const open = await signedInSandbox();
    await open.admin('PATCH', 'settings', { appBlocked: true });
    await open.admin('POST', 'scopes', { remove: [3] });
    expect((await open.get('dmp/custom_audience/list/', { advertiser_id: '1' })).code).toBe(40113);
    open.token = 'f'.repeat(40);
    expect((await open.get('user/info/')).code).toBe(40105);
  });
});
