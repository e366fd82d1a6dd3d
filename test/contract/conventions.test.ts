import { expect } from 'vitest';
import { DMP, emailFile, envelope } from '../sandbox/running-sandbox.js';
import { contract, ENOUGH } from './facts.js';

const REQUEST_ID = /^\d{14}[0-9A-F]{20}$/;

contract('conventions of every call', ({ fact, sandboxFact }) => {
  fact('a path without its closing slash is 404 in plain text', 'OC: AE conventions', async (client) => {
    const response = await client.api('user/info');
    expect([response.status, await response.text()]).toEqual([404, '404 page not found']);
  });

  fact('GET on a route for POST is 405 with an HTML page', 'OBS: PROBE', async (client) => {
    const response = await client.api(`${DMP}create/`);
    expect(response.status).toBe(405);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toMatch(/<html/i);
  });

  fact(
    'the token goes in the header Access-Token, without Bearer',
    'O, OBS: SDK-CODE, AE',
    async (client) => {
      expect((await client.get('user/info/')).code).toBe(0);
      const { token } = client;
      client.token = null;
      const headers = { Authorization: `Bearer ${token}` };
      const bearer = envelope.parse(await (await client.api('user/info/', { headers })).json());
      expect(bearer).toMatchObject({
        code: 40104,
        message: 'Access token is null, you should set it in http header with key Access-Token.',
      });
      expect((await client.get('user/info/', { 'Access-Token': token ?? '' })).code).toBe(40104);
    },
  );

  fact(
    'an unknown token is 40105, at HTTP 200, with data empty or absent',
    'OBS: NANGO, AE',
    async (client) => {
      client.token = 'f'.repeat(40);
      const response = await client.api('user/info/');
      expect(response.status).toBe(200);
      const body: unknown = await response.json();
      expect(body).toMatchObject({
        code: 40105,
        message: 'Access token is incorrect or has been revoked.',
      });
      expect(envelope.partial({ data: true }).parse(body).data ?? {}).toEqual({});
    },
  );

  fact('success is code 0 with the message OK', 'O, OC: SDK-CODE, AE', async (client) => {
    expect(await client.get('user/info/')).toMatchObject({ code: 0, message: 'OK' });
  });

  fact(
    'request_id is 14 digits of the time in UTC+8 and 20 hex digits in capitals',
    'OBS: NANGO',
    async (client) => {
      const { request_id } = await client.get('user/info/');
      expect(request_id).toMatch(REQUEST_ID);
      const [year, month, day, hour, minute] =
        /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)/.exec(request_id)?.slice(1).map(Number) ?? [];
      const at = Date.UTC(year ?? 0, (month ?? 0) - 1, day, (hour ?? 0) - 8, minute);
      expect(Math.abs(at - Date.now())).toBeLessThan(10 * 60_000);
    },
  );

  fact('answers carry X-TT-LOGID', 'OBS: AE', async (client) => {
    expect((await client.api('user/info/')).headers.get('x-tt-logid')).toMatch(REQUEST_ID);
  });

  fact('an array in a query is JSON text', 'OC, OBS: REF, NANGO', async (client) => {
    const id = await client.create([await client.upload(emailFile(0, ENOUGH))]);
    const asJson = { advertiser_id: client.advertiser, custom_audience_ids: JSON.stringify([id]) };
    expect((await client.get(`${DMP}get/`, asJson)).code).toBe(0);
    expect((await client.get(`${DMP}get/`, { ...asJson, custom_audience_ids: `${id},${id}` })).code).toBe(
      40002,
    );
  });

  fact('ids are strings of digits: the server parses them as int64', 'O: SDK-YML', async (client) => {
    expect((await client.get(`${DMP}list/`, { advertiser_id: 'seven' })).code).toBe(40002);
    const custom_audience_ids = JSON.stringify(['not-a-number']);
    const query = { advertiser_id: client.advertiser, custom_audience_ids };
    expect((await client.get(`${DMP}get/`, query)).code).toBe(40002);
  });

  fact('a missing parameter is 40002, at HTTP 200', 'OBS: NANGO', async (client) => {
    const response = await client.api(`${DMP}list/`);
    expect(response.status).toBe(200);
    expect(envelope.parse(await response.json()).code).toBe(40002);
  });

  fact('there is no idempotency key: a create sent twice makes two', 'OC: AE conventions', async (client) => {
    const filePath = await client.upload(emailFile(0, ENOUGH));
    expect(await client.create([filePath])).not.toBe(await client.create([filePath]));
  });

  sandboxFact(
    'an app whose quota is used up is told by the code, at HTTP 200, without Retry-After',
    'OBS: AE',
    async (client) => {
      await client.admin('POST', 'limits/block', { endpoint: 'user/info/', limit: 'qpm' });
      const response = await client.api('user/info/');
      expect([response.status, response.headers.get('retry-after')]).toEqual([200, null]);
      expect(await response.json()).toMatchObject({
        code: 40100,
        message: 'Too many requests. Please retry in some time.',
      });
    },
  );

  sandboxFact(
    'auth errors may come with HTTP 401 and the same envelope',
    'OBS: Events API',
    async (client) => {
      await client.admin('PATCH', 'settings', { strictStatus: true });
      client.token = 'f'.repeat(40);
      const response = await client.api('user/info/');
      expect([response.status, envelope.parse(await response.json()).code]).toEqual([401, 40105]);
    },
  );
});

contract('rate limits', ({ sandboxFact }) => {
  sandboxFact(
    'the levels are 10, 20, 30 and 50 calls a second, and so on',
    'OC: AE rate-limits',
    async (client) => {
      const levels = ['basic', 'advanced', 'premium', 'ultimate', 'sandbox'];
      const numbers = [];
      for (const rateLimits of levels) {
        const settings = await client.admin('PATCH', 'settings', { rateLimits });
        numbers.push(settings);
      }
      expect(numbers).toMatchObject([
        { rateLimits: { qps: 10, qpm: 600, qpd: 864_000 } },
        { rateLimits: { qps: 20, qpm: 1200, qpd: 1_728_000 } },
        { rateLimits: { qps: 30, qpm: 1800, qpd: 2_592_000 } },
        { rateLimits: { qps: 50, qpm: 3000, qpd: 4_320_000 } },
        { rateLimits: { qps: 1, qpm: 30, qpd: 1000 } },
      ]);
    },
  );

  sandboxFact(
    'after the minute’s limit the app pauses five minutes',
    'OC: AE rate-limits',
    async (client) => {
      await client.admin('PATCH', 'settings', { rateLimits: { qpm: 1 } });
      // From the start of a minute, so that it does not end between the calls.
      await client.admin('POST', 'clock', { advanceSeconds: 60 - ((Date.now() / 1000) % 60) });
      const code = async () => (await client.get('user/info/')).code;
      expect([await code(), await code()]).toEqual([0, 40100]);
      await client.admin('POST', 'clock', { advanceSeconds: 240 });
      expect(await code()).toBe(40100);
      await client.admin('POST', 'clock', { advanceSeconds: 60 });
      expect(await code()).toBe(0);
    },
  );

  sandboxFact(
    'after the day’s limit the app pauses until 00:00 UTC',
    'OC: AE rate-limits',
    async (client) => {
      // From the start of a day, so that it does not end by chance.
      await client.admin('POST', 'clock', { advanceSeconds: 86_400 - ((Date.now() / 1000) % 86_400) });
      await client.admin('POST', 'limits/block', { endpoint: 'user/info/', limit: 'qpd' });
      await client.admin('POST', 'clock', { advanceSeconds: 86_000 });
      expect((await client.get('user/info/')).code).toBe(40100);
      await client.admin('POST', 'clock', { advanceSeconds: 400 });
      expect((await client.get('user/info/')).code).toBe(0);
    },
  );

  sandboxFact('the throttle of an advertiser is 40133 and names him', 'OC: AE errors', async (client) => {
    await client.admin('PATCH', 'settings', { rateLimits: { qps: 1000, advertiserQps: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => client.get(`${DMP}list/`, { advertiser_id: client.advertiser })),
    );
    const throttled = answers.find((answer) => answer.code === 40133);
    expect(throttled?.message).toContain(`Advertiser (${client.advertiser})'s QPS (`);
    expect(throttled?.message).toContain('for current path, request is temporarily restricted.');
  });
});
