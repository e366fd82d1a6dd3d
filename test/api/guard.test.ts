import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, runApi } from './support/running-api.js';

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** `fetch` does not let a test choose `Host` or `Origin`. */
function raw(url: string, headers: Record<string, string>, method = 'GET'): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('on the loopback address without keys', () => {
  let api: RunningApi;
  let port: string;
  beforeAll(async () => {
    api = await runApi();
    port = new URL(api.url).port;
  });
  afterAll(() => api.stop());

  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('everybody may call it as %s', async (name) => {
    expect((await raw(`${api.url}/v1/platforms`, { host: `${name}:${port}` })).status).toBe(200);
  });

  it.each(['attacker.example', 'localhost.attacker.example', '127.0.0.1.nip.example'])(
    'a web page that points its name %j here is refused',
    async (name) => {
      const answer = await raw(`${api.url}/v1/platforms`, { host: `${name}:${port}` });
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('foreign_host');
    },
  );

  it.each(['https://attacker.example', 'http://localhost:1', 'null', 'not a url'])(
    'a web page of %s is refused, whatever it asks',
    async (origin) => {
      for (const [method, path] of [
        ['GET', '/v1/connections'],
        ['POST', '/v1/connections'],
        ['OPTIONS', '/v1/uploads'],
        ['POST', '/v1/uploads'],
        ['GET', '/docs'],
      ] as const) {
        const answer = await raw(`${api.url}${path}`, { host: `127.0.0.1:${port}`, origin }, method);
        expect(answer.status).toBe(403);
        expect(answer.text).toContain('foreign_origin');
      }
    },
  );

  it('its own pages may call it', async () => {
    const headers = { host: `localhost:${port}`, origin: `http://localhost:${port}` };
    expect((await raw(`${api.url}/v1/platforms`, headers)).status).toBe(200);
  });

  it('gives no other page a right to read its answers', async () => {
    const answer = await api.call('/v1/uploads', { method: 'OPTIONS' });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('with keys', () => {
  const KEYS = ['a-key-of-twenty-chars', 'another-key-for-the-api'];
  let api: RunningApi;
  beforeAll(async () => {
    api = await runApi({ apiKeys: KEYS, loopback: false });
  });
  afterAll(() => api.stop());

  it('each of them opens the API', async () => {
    for (const key of KEYS) {
      expect((await api.get('/v1/platforms', { authorization: `Bearer ${key}` })).status).toBe(200);
    }
  });

  it.each([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Bearer ' },
    { authorization: `Basic ${KEYS[0]}` },
    { authorization: `Bearer ${KEYS[0]}x` },
  ])('nothing else does (%j)', async (headers) => {
    for (const path of ['/v1/platforms', '/v1/uploads', '/v1/nothing', '/metrics']) {
      const answer = await api.get(path, headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.body).toMatchObject({ code: 'unauthorized' });
    }
  });

  it('probes, the reference and the redirect of TikTok need none', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs', '/docs/swagger-ui.css']) {
      expect((await api.get(path)).status).toBe(200);
    }
    expect((await api.get('/v1/oauth/tiktok/callback')).status).toBe(400);
  });

  it('a browser is asked for one on the pages for people, and then sees them, without being able to change anything', async () => {
    const key = { authorization: `Bearer ${KEYS[1]}` };
    const { body } = await api.post('/v1/connections', { platform: 'tiktok-customer-file' }, key);
    const page = `/connections/${(body as { id: string }).id}/sign-in`;
    const asked = await api.get(page);
    expect(asked.status).toBe(401);
    expect(asked.text).toContain('<form method="post" action="/session">');
    expect(asked.text).toContain(`value="${page}"`);

    const type = (given: string, to: string) =>
      api.call('/session', { method: 'POST', body: new URLSearchParams({ key: given, to }) });
    const wrong = await type('a-wrong-key-of-20-chars', page);
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
    const right = await type(KEYS[1] ?? '', page);
    expect(right.text).toContain(`href="${page}"`);
    const cookie = right.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain(KEYS[1]);
    for (const foreign of ['//attacker.example/', '/\\attacker.example/', '/\t/attacker.example/', '//[']) {
      expect((await type(KEYS[1] ?? '', foreign)).text).toContain('href="/docs"');
    }

    const session = { cookie: cookie.split(';')[0] ?? '' };
    const led = await fetch(api.url + page, { redirect: 'manual', headers: session });
    expect(led.status).toBe(303);
    expect((await api.get('/v1/connections', session)).status).toBe(200);
    expect((await api.post('/v1/connections', { platform: 'tiktok-customer-file' }, session)).status).toBe(
      401,
    );
    const [end = '', signature = ''] = (session.cookie.split('=')[1] ?? '').split('.');
    const longer = { cookie: `activate_audience_session=${Number(end) + 60}.${signature}` };
    expect((await api.get('/v1/connections', longer)).status).toBe(401);
  });

  it('the name it is called by does not matter', async () => {
    const answer = await raw(`${api.url}/v1/platforms`, {
      host: 'audience.example',
      authorization: `Bearer ${KEYS[0]}`,
    });
    expect(answer.status).toBe(200);
  });
});
