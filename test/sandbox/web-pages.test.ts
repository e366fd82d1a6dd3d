import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { APP, freshSandbox, REDIRECT } from './running-sandbox.js';

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers: Record<string, string>;
}

/** As a browser sends it: `fetch` lets nobody choose the host. */
async function call(url: string, { method = 'GET', path = '/_sandbox/files', headers }: Call) {
  const sending = request(new URL(path, url), { method, headers }).end();
  const [answer]: IncomingMessage[] = await once(sending, 'response');
  if (answer === undefined) throw new Error('no answer');
  return { status: answer.statusCode, body: await text(answer) };
}

const CONSENT = `/portal/auth?${new URLSearchParams({ app_id: APP.app_id, redirect_uri: REDIRECT, decision: 'approve' })}`;

describe('a sandbox on a loopback address', () => {
  it.each(['localhost', 'LOCALHOST:8090', '127.0.0.1:1', '127.1.2.3', '[::1]:8090'])(
    'is called as %s',
    async (host) => {
      const { url } = await freshSandbox();
      expect(await call(url, { headers: { host } })).toMatchObject({ status: 200 });
    },
  );

  it.each([
    ['rebound.example:8090', '/_sandbox/files'],
    ['rebound.example', CONSENT],
    ['rebound.example', '/open_api/v1.3/user/info/'],
    ['localhost.example', '/_sandbox'],
    ['127.0.0.1.example', '/_sandbox'],
    ['192.168.0.1', '/_sandbox'],
  ])('is not served as %s at %s', async (host, path) => {
    const { url } = await freshSandbox();
    expect(await call(url, { path, headers: { host } })).toEqual({
      status: 403,
      body: JSON.stringify({ error: 'Host: call the sandbox as localhost or 127.0.0.1.' }),
    });
  });
});

it('a sandbox that others reach bears any name', async () => {
  const { url } = await freshSandbox({ host: '0.0.0.0' });
  expect(await call(url, { headers: { host: 'sandbox.example:8090' } })).toMatchObject({ status: 200 });
});

describe('a page of another address', () => {
  it.each([
    ['POST', '/_sandbox/reset', { origin: 'https://elsewhere.example' }],
    ['POST', '/_sandbox/reset', { origin: 'null' }],
    ['POST', '/_sandbox/authorizations/revoke', { origin: 'http://127.0.0.1:1' }],
    ['POST', '/_sandbox/reset', { 'sec-fetch-site': 'cross-site' }],
    ['POST', '/_sandbox/reset', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['DELETE', '/_sandbox/faults', { origin: 'https://elsewhere.example' }],
    ['POST', CONSENT, { origin: 'https://elsewhere.example' }],
  ])('cannot %s %s', async (method, path, headers) => {
    const { url } = await freshSandbox();
    expect(await call(url, { method, path, headers })).toEqual({
      status: 403,
      body: JSON.stringify({ error: 'Origin: pages of other addresses may change nothing here.' }),
    });
  });

  it('can send its visitor to sign in', async () => {
    const { url } = await freshSandbox();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: 'null' };
    expect(await call(url, { path: CONSENT, headers })).toMatchObject({ status: 302 });
  });
});

it('the sandbox’s own page changes it, and so does a program without a browser', async () => {
  const { url } = await freshSandbox();
  const behindProxy = { origin: 'https://sandbox.example', 'sec-fetch-site': 'same-origin' };
  for (const headers of [
    { origin: url, 'sec-fetch-site': 'same-origin' },
    behindProxy,
    { origin: url },
    {},
  ]) {
    const reset = { method: 'POST', path: '/_sandbox/reset', headers };
    expect(await call(url, reset)).toEqual({ status: 200, body: '{}' });
  }
});
