import { describe, expect, it } from 'vitest';
import {
  BERLIN,
  DMP,
  emailFile,
  envelope,
  freshSandbox,
  NEW_YORK,
  signedInSandbox,
} from './running-sandbox.js';

const CREATE = `${DMP}create/`;

describe('a fault', () => {
  it('code answers an envelope the given number of times, and does nothing', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    await client.admin('POST', 'faults', {
      endpoint: CREATE,
      kind: 'code',
      code: 50000,
      message: 'Later.',
      times: 2,
    });
    expect(await client.tryCreate([filePath])).toMatchObject({ code: 50000, message: 'Later.', data: {} });
    expect((await client.tryCreate([filePath])).code).toBe(50000);
    expect(await client.admin('GET', 'audiences')).toEqual([]);
    expect((await client.tryCreate([filePath])).code).toBe(0);
  });

  it('http answers an HTML page, also to an upload that is still being sent', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'faults', {
      endpoint: `${DMP}file/upload/`,
      kind: 'http',
      status: 502,
      times: 1,
    });
    const body = client.uploadForm('a'.repeat(5_000_000));
    const response = await client.api(`${DMP}file/upload/`, { method: 'POST', body });
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('<h1>502</h1>');
    expect(await client.admin('GET', 'files')).toEqual([]);
  });

  it('reset-before breaks the connection with nothing done', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    await client.admin('POST', 'faults', { endpoint: CREATE, kind: 'reset-before', times: 1 });
    await expect(client.tryCreate([filePath])).rejects.toThrow('fetch failed');
    expect(await client.admin('GET', 'audiences')).toEqual([]);
    expect(await client.calls(CREATE)).toMatchObject([{ outcome: 'reset-before', code: null }]);
  });

  it('reset-after breaks the connection with all done', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'faults', { endpoint: '*', kind: 'reset-after', times: 1 });
    await expect(client.tryUpload(emailFile(0, 20))).rejects.toThrow('fetch failed');
    expect(await client.admin('GET', 'files')).toHaveLength(1);

    const filePath = await client.upload(emailFile(0, 20));
    await client.admin('POST', 'faults', { endpoint: CREATE, kind: 'reset-after', times: 1 });
    await expect(client.tryCreate([filePath])).rejects.toThrow('fetch failed');
    const { list } = await client.list();
    expect(list).toMatchObject([{ name: 'Spring buyers' }]);
    expect(await client.inside(list[0]?.audience_id ?? '')).toMatchObject({ state: 'ready', members: 20 });
    expect(await client.calls(CREATE)).toMatchObject([{ outcome: 'reset-after', code: 0 }]);
  });

  it('timeout never answers, and does nothing', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'faults', { endpoint: 'user/info/', kind: 'timeout', times: 1 });
    const gone = new AbortController();
    const attempt = client.api('user/info/', { signal: gone.signal });
    // It is used up by the call that meets it.
    await expect.poll(() => client.admin('GET', 'faults')).toEqual([]);
    gone.abort();
    await expect(attempt).rejects.toThrow('aborted');
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it('slow does at once and answers later', async () => {
    const client = await signedInSandbox();
    const filePath = await client.upload(emailFile(0, 20));
    await client.admin('POST', 'faults', { endpoint: CREATE, kind: 'slow', seconds: 3600, times: 1 });
    const gone = new AbortController();
    const attempt = client.api(CREATE, {
      method: 'POST',
      signal: gone.signal,
      body: JSON.stringify({
        advertiser_id: '7000000000000000001',
        custom_audience_name: 'Slow',
        file_paths: [filePath],
        calculate_type: 'EMAIL_SHA256',
      }),
    });
    await expect.poll(() => client.admin('GET', 'audiences')).toHaveLength(1);
    gone.abort();
    await expect(attempt).rejects.toThrow();

    await client.admin('POST', 'faults', { endpoint: 'user/info/', kind: 'slow', seconds: 0.05, times: 1 });
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it('waits for as many calls as it lets pass', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'faults', { endpoint: 'user/info/', kind: 'code', code: 51010, after: 2 });
    const codes: number[] = [];
    for (let call = 0; call < 4; call += 1) codes.push((await client.get('user/info/')).code);
    expect(codes).toEqual([0, 0, 51010, 0]);
  });

  it('may be for the calls of one advertiser only, whether it comes before or after the work', async () => {
    const client = await signedInSandbox();
    const place = (fault: Record<string, unknown>) =>
      client.admin('POST', 'faults', { advertiserId: NEW_YORK, ...fault });
    await place({ endpoint: `${DMP}list/`, kind: 'code', code: 50000, after: 1 });
    const list = async (advertiser_id: string) => (await client.get(`${DMP}list/`, { advertiser_id })).code;
    expect([await list(BERLIN), await list(NEW_YORK), await list(BERLIN), await list(NEW_YORK)]).toEqual([
      0, 0, 0, 50000,
    ]);
    await place({ endpoint: `${DMP}file/upload/`, kind: 'reset-before' });
    await expect(client.tryUpload(emailFile(0, 20), { advertiser_id: NEW_YORK })).rejects.toThrow();
    expect(await client.admin('GET', 'files')).toEqual([]);
    await place({ endpoint: `${DMP}file/upload/`, kind: 'reset-after' });
    expect((await client.tryUpload(emailFile(0, 20))).code).toBe(0);
    await expect(client.tryUpload(emailFile(0, 20), { advertiser_id: NEW_YORK })).rejects.toThrow();
    expect(await client.admin('GET', 'files')).toHaveLength(2);
  });

  it('revoke ends the token of the call that meets it', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'faults', { endpoint: '*', kind: 'revoke', after: 1 });
    const codes = [];
    for (let call = 0; call < 3; call += 1) codes.push((await client.get('user/info/')).code);
    expect(codes).toEqual([0, 40105, 40105]);
    client.token = await client.signIn();
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it('is gone when all are removed', async () => {
    const client = await signedInSandbox();
    await client.admin('POST', 'faults', {
      endpoint: '/open_api/v1.3/user/info/',
      kind: 'code',
      code: 50000,
      times: 9,
    });
    expect(await client.admin('GET', 'faults')).toMatchObject([{ endpoint: 'user/info/', times: 9 }]);
    await client.admin('DELETE', 'faults');
    expect((await client.get('user/info/')).code).toBe(0);
  });

  it.each([
    [{ endpoint: 'no/such/', kind: 'timeout' }],
    [{ endpoint: '*', kind: 'odd' }],
    [{ endpoint: '*', kind: 'code' }],
    [{ endpoint: '*', kind: 'timeout', tmes: 3 }],
  ])('is refused when it could never work: %o', async (fault) => {
    await expect((await freshSandbox()).admin('POST', 'faults', fault)).rejects.toThrow('400');
  });

  it('comes before the check of the token, as a server in front of the API would', async () => {
    const client = await freshSandbox();
    await client.admin('POST', 'faults', { endpoint: '*', kind: 'code', code: 60001 });
    const response = await client.api('user/info/');
    expect(envelope.parse(await response.json()).code).toBe(60001);
  });
});
