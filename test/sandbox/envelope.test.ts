import { describe, expect, it } from 'vitest';
import {
  BERLIN,
  calls,
  DMP,
  emailFile,
  envelope,
  freshSandbox,
  NEW_YORK,
  signedInSandbox,
} from './running-sandbox.js';

describe('an answer of the API', () => {
  it('is an envelope with a request id of 34 characters, which is in X-TT-LOGID too', async () => {
    const client = await signedInSandbox();
    const response = await client.api('user/info/');
    const body = envelope.parse(await response.json());
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({
      code: 0,
      message: 'OK',
      request_id: expect.stringMatching(/^\d{14}[0-9A-F]{20}$/),
    });
    expect(response.headers.get('x-tt-logid')).toBe(body.request_id);
  });

  it('begins its request id with the time in UTC+8', async () => {
    const client = await signedInSandbox();
    const before = Date.now();
    const { request_id } = await client.get('user/info/');
    const [year, month, day, hour, minute, second] = (
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(request_id) ?? []
    )
      .slice(1)
      .map(Number);
    const time = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second) - 8 * 3600 * 1000;
    expect(time).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('has HTTP status 200 and empty data also when the token is missing', async () => {
    const client = await freshSandbox();
    const response = await client.api('user/info/');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      code: 40104,
      message: 'Access token is null, you should set it in http header with key Access-Token.',
      data: {},
    });
  });

  it('has statuses 401 and 429 with the same envelope when told to be strict', async () => {
    const client = await freshSandbox({ strictStatus: true, rateLimits: null });
    const response = await client.api('user/info/');
    expect([response.status, envelope.parse(await response.json()).code]).toEqual([401, 40104]);
    await client.admin('POST', 'faults', { endpoint: '*', kind: 'code', code: 40100 });
    expect((await client.api('user/info/')).status).toBe(429);
  });

  it('is plain text 404 without the closing slash', async () => {
    const response = await (await signedInSandbox()).api('user/info');
    expect([response.status, await response.text()]).toEqual([404, '404 page not found']);
  });

  it('is an HTML page 405 for a wrong verb', async () => {
    const response = await (await signedInSandbox()).api(`${DMP}create/`);
    expect(response.status).toBe(405);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  it('is code 40006 for a path that the API does not have', async () => {
    expect(await (await signedInSandbox()).get('dmp/nothing/')).toMatchObject({
      code: 40006,
      message: 'no schema found',
    });
  });
});

describe('checks come in this order', () => {
  it('token, permission, fields, values, advertiser, the thing itself', async () => {
    const client = await freshSandbox();
    const nonsense = { custom_audience_name: 'x'.repeat(129) };
    expect((await client.post(`${DMP}create/`, nonsense)).code).toBe(40104);
    client.token = 'f'.repeat(40);
    expect((await client.post(`${DMP}create/`, nonsense)).code).toBe(40105);
    client.token = await client.signIn('approve_without_31', { advertiser: BERLIN });
    expect((await client.post(`${DMP}create/`, nonsense)).code).toBe(40001);
    client.token = await client.signIn('approve', { advertiser: BERLIN });
    expect(await client.post(`${DMP}create/`, nonsense)).toMatchObject({
      code: 40002,
      message: 'Missing required field(s): advertiser_id, file_paths, calculate_type.',
    });
    const unknownFile = 'f'.repeat(16);
    expect(await client.tryCreate([unknownFile], { ...nonsense, advertiser_id: NEW_YORK })).toMatchObject({
      code: 40002,
      message: 'Invalid value for field: custom_audience_name.',
    });
    expect((await client.tryCreate([unknownFile], { advertiser_id: '7' })).code).toBe(40300);
    expect((await client.tryCreate([unknownFile], { advertiser_id: NEW_YORK })).code).toBe(40001);
    expect((await client.tryCreate([unknownFile])).code).toBe(40905);
  });

  it.each([
    ['advertiser_id', 'seven'],
    ['calculate_type', 'MAID_SHA256'],
    ['calculate_type', 'EMAIL'],
    ['file_paths', ['short']],
    ['file_paths', []],
    ['retention_in_days', 366],
    ['audience_sub_type', 'ODD'],
  ])('create refuses %s %o', async (field, value) => {
    const client = await signedInSandbox();
    const answer = await client.tryCreate([await client.upload(emailFile(0, 1))], { [field]: value });
    expect(answer).toMatchObject({ code: 40002, message: `Invalid value for field: ${field}.` });
  });

  it('a body that is no JSON object is refused', async () => {
    const client = await signedInSandbox();
    for (const body of ['{', '[]', '']) {
      const response = await client.api(`${DMP}create/`, { method: 'POST', body });
      expect(envelope.parse(await response.json()).code).toBe(40002);
    }
  });
});

describe('the log of calls', () => {
  it('holds every call with its outcome and request id, and no query', async () => {
    const client = await signedInSandbox();
    const { request_id } = await client.get('oauth2/advertiser/get/', { app_id: '1', secret: 'hidden' });
    await client.api('user/info');
    await client.api(`${DMP}create/`);
    const all = calls.parse(await client.admin('GET', 'calls'));
    expect(all.map(({ endpoint, outcome }) => [endpoint, outcome])).toEqual([
      ['oauth2/access_token/', 0],
      ['oauth2/advertiser/get/', 40000],
      ['user/info', 'http 404'],
      [`${DMP}create/`, 'http 405'],
    ]);
    expect(await client.calls('oauth2/advertiser/get/')).toMatchObject([{ request_id }]);
    expect(JSON.stringify(all)).not.toContain('hidden');
  });
});
