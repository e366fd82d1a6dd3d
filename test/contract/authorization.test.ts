import { expect } from 'vitest';
import { z } from 'zod';
import { APP, BERLIN, DMP, NEW_YORK, type SandboxClient } from '../sandbox/running-sandbox.js';
import { contract } from './facts.js';

async function authCode(client: SandboxClient): Promise<string> {
  return (await client.consent('approve')).searchParams.get('auth_code') ?? '';
}

contract('the exchange of an auth_code', ({ sandboxFact }) => {
  sandboxFact(
    'gives access_token, advertiser_ids as strings and scope as numbers',
    'OC: REF',
    async (client) => {
      const { code, data } = await client.exchange(await authCode(client));
      expect(code).toBe(0);
      const granted = z
        .strictObject({
          access_token: z.string(),
          advertiser_ids: z.array(z.string().regex(/^\d{19}$/)),
          scope: z.array(z.number()),
        })
        .parse(data);
      expect(granted.advertiser_ids).toEqual([BERLIN, NEW_YORK]);
    },
  );

  sandboxFact('has scope ids that JavaScript would round', 'OC: AE scopes', async (client) => {
    const response = await client.api('oauth2/access_token/', {
      method: 'POST',
      body: JSON.stringify({ ...APP, auth_code: await authCode(client) }),
    });
    const text = await response.text();
    const digits = /"scope":\[[^\]]*?(\d{19})/.exec(text)?.[1] ?? '';
    expect(BigInt(digits)).not.toBe(BigInt(Number(digits)));
  });

  sandboxFact('works once, and within an hour', 'OC: REF', async (client) => {
    const once = await authCode(client);
    const late = await authCode(client);
    expect((await client.exchange(once)).code).toBe(0);
    expect(await client.exchange(once)).toMatchObject({
      code: 40110,
      message: 'The auth_code is canceled. Please re-authorize and try again with a new auth_code.',
    });
    await client.admin('POST', 'clock', { advanceSeconds: 3600 });
    expect((await client.exchange(late)).code).toBe(40110);
  });

  sandboxFact(
    'answers 40101 to a wrong secret, 40113 to an unknown app, 40002 to a missing field',
    'OC: AE errors',
    async (client) => {
      const code = await authCode(client);
      expect((await client.exchange(code, { secret: 'other' })).code).toBe(40101);
      expect((await client.exchange(code, { app_id: '7000000000000000009' })).code).toBe(40113);
      expect((await client.post('oauth2/access_token/', APP)).code).toBe(40002);
    },
  );

  sandboxFact(
    'has a twin in the shape of RFC 6749, whose fields stand at the top level',
    'OC: REF',
    async (client) => {
      const body = new URLSearchParams({
        client_id: APP.app_id,
        client_secret: APP.secret,
        grant_type: 'authorization_code',
        code: await authCode(client),
      });
      const response = await client.api('oauth/token/', { method: 'POST', body });
      expect(await response.json()).toMatchObject({
        code: 0,
        message: 'OK',
        request_id: expect.any(String),
        access_token: expect.any(String),
        token_type: 'Bearer',
        advertiser_ids: [BERLIN, NEW_YORK],
        scope: expect.any(Array),
      });
    },
  );
});

contract('the life of a token', ({ fact, sandboxFact }) => {
  sandboxFact('is long: no timed expiry', 'OC: AE authentication', async (client) => {
    await client.admin('POST', 'clock', { advanceSeconds: 5 * 365 * 86_400 });
    expect((await client.get('user/info/')).code).toBe(0);
  });

  sandboxFact(
    'cannot be refreshed: 40107 where one tries, and no oauth2/refresh_token/',
    'OC: AE errors, REF',
    async (client) => {
      const refresh = { refresh_token: client.token };
      const creator = {
        client_id: APP.app_id,
        client_secret: APP.secret,
        grant_type: 'refresh_token',
        ...refresh,
      };
      expect((await client.post('tt_user/oauth2/refresh_token/', creator)).code).toBe(40107);
      expect((await client.post('oauth2/refresh_token/', { ...APP, ...refresh })).code).not.toBe(0);
    },
  );

  sandboxFact(
    'ends with oauth2/revoke_token/, which names the app and the advertisers',
    'OC: REF',
    async (client) => {
      const { data } = await client.post('oauth2/revoke_token/', { ...APP, access_token: client.token });
      expect(data).toEqual({ app_id: APP.app_id, advertiser_ids: [BERLIN, NEW_YORK] });
      expect((await client.get('user/info/')).code).toBe(40105);
    },
  );

  sandboxFact(
    'shows its advertisers by advertiser_id and advertiser_name',
    'O, OC: SDK-DOC, REF',
    async (client) => {
      const { data } = await client.get('oauth2/advertiser/get/', APP);
      const item = z.strictObject({ advertiser_id: z.string(), advertiser_name: z.string() });
      expect(z.strictObject({ list: z.array(item).min(1) }).safeParse(data).error).toBeUndefined();
    },
  );

  sandboxFact('of another app is told in TikTok’s words', 'OC: AE errors', async (client) => {
    const answer = await client.get('oauth2/advertiser/get/', { ...APP, app_id: '7000000000000000009' });
    expect([40000, 40113]).toContain(answer.code);
    expect(answer.message).toContain("inconsistent with the token's app information");
  });

  fact('reads advertisers with their time zone and status', 'OC, OBS: REF, NANGO', async (client) => {
    const { data } = await client.get('advertiser/info/', {
      advertiser_ids: JSON.stringify([client.advertiser]),
    });
    const item = z.looseObject({
      advertiser_id: z.literal(client.advertiser),
      name: z.string(),
      status: z.string().startsWith('STATUS_'),
      role: z.string(),
      currency: z.string(),
      timezone: z.string(),
      display_timezone: z.string(),
      country: z.string(),
      company: z.string().nullable(),
      industry: z.string().nullable(),
      advertiser_account_type: z.string(),
      create_time: z.int(),
      balance: z.number(),
    });
    expect(z.object({ list: z.array(item).length(1) }).safeParse(data).error).toBeUndefined();
  });

  fact('reads only the fields that are asked for', 'OC: REF', async (client) => {
    const { data } = await client.get('advertiser/info/', {
      advertiser_ids: JSON.stringify([client.advertiser]),
      fields: JSON.stringify(['advertiser_id', 'timezone']),
    });
    expect(data).toEqual({ list: [{ advertiser_id: client.advertiser, timezone: expect.any(String) }] });
  });
});

/** "A first-level id implies everything under it." From TikTok's page on permissions. */
const NEEDED: readonly (readonly [string, 'GET' | 'POST', string, string])[] = [
  [`${DMP}list/`, 'GET', '30', '3'],
  [`${DMP}get/`, 'GET', '30', '3'],
  [`${DMP}file/upload/`, 'POST', '31', '3'],
  [`${DMP}create/`, 'POST', '31', '3'],
  [`${DMP}update/`, 'POST', '31', '3'],
  [`${DMP}delete/`, 'POST', '31', '3'],
  [`${DMP}lookalike/create/`, 'POST', '31', '3'],
  [`${DMP}apply/`, 'POST', '31', '3'],
  [`${DMP}apply/log/`, 'GET', '31', '3'],
  ['segment/audience/', 'POST', '31', '3'],
  ['segment/mapping/', 'POST', '31', '3'],
  [`${DMP}share/`, 'POST', '32', '3'],
  [`${DMP}share/cancel/`, 'POST', '32', '3'],
  [`${DMP}share/log/`, 'GET', '32', '3'],
  ['advertiser/info/', 'GET', '10', '1'],
];

contract('permissions', ({ sandboxFact }) => {
  for (const [path, method, needed, firstLevel] of NEEDED) {
    sandboxFact(`${path} needs ${needed}, or ${firstLevel}`, 'OC: AE scopes', async (client) => {
      const call = () => (method === 'GET' ? client.get(path) : client.post(path, {}));
      const others = ['10', '30', '31', '32'].filter((scope) => scope !== needed);
      await client.admin('POST', 'scopes', { remove: [needed], restore: others });
      expect(await call()).toMatchObject({
        code: 40001,
        message: `advertiser does not grant you /${path}:${method} permission`,
      });
      await client.admin('POST', 'scopes', { remove: others, restore: [firstLevel] });
      expect((await call()).code).toBe(40002);
    });
  }

  sandboxFact(
    'that the app lacks are told in other words than those that the grant lacks',
    'OBS: NANGO',
    async (client) => {
      await client.admin('POST', 'scopes', { remove: ['30'], from: 'app' });
      const { code, message } = await client.get(`${DMP}list/`, { advertiser_id: BERLIN });
      expect(code).toBe(40001);
      expect(message).toContain('Permission error: The access token lacks the required scope for endpoint ');
    },
  );
});
