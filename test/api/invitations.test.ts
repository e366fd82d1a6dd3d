import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization } from '../../src/api/schemas/connection.js';
import { consent } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

const KEY = 'a-key-of-thirty-two-characters-00';
const bearer = { authorization: `Bearer ${KEY}` };

let api: RunningApi;
let connectionId: string;
beforeAll(async () => {
  api = await runApi({ apiKeys: [KEY] });
  const created = await api.post(
    '/v1/connections',
    { platform: 'tiktok-customer-file', name: 'Shoes' },
    bearer,
  );
  connectionId = (created.body as { id: string }).id;
});
afterAll(() => api.stop());

async function invite(from = 'Anna <Adler>', note?: string): Promise<string> {
  const invitation = { from, ...(note === undefined ? {} : { note }) };
  const answer = await api.post(`/v1/connections/${connectionId}/authorizations`, { invitation }, bearer);
  expect(answer.status).toBe(201);
  const { authorizationUrl, expiresAt } = authorization.parse(answer.body);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(6 * 86_400_000);
  const url = new URL(authorizationUrl);
  expect(url.origin).toBe(api.url);
  return url.pathname + url.search;
}

/** Follows the link of the page to TikTok, without any key. */
async function toTikTok(path: string): Promise<string> {
  const href = /href="([^"]+)"/.exec((await api.get(path)).text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const answer = await fetch(api.url + href, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  return answer.headers.get('location') ?? '';
}

const status = async () =>
  (await api.get(`/v1/connections/${connectionId}`, bearer)).body as { status: string };

describe('an invitation', () => {
  it('says without a key who asks for what, and looking at it does not use it up', async () => {
    const path = await invite('Anna <Adler>', 'For the spring campaign');
    for (let look = 0; look < 3; look++) {
      const page = await api.get(path);
      expect(page.status).toBe(200);
      expect(page.text).toContain('Anna &lt;Adler&gt; asks you to sign in with TikTok');
      expect(page.text).toContain('For the spring campaign');
      expect(page.text).toContain('Shoes');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('leads to TikTok and back, works once, and then says so', async () => {
    const path = await invite();
    const [first, second] = [await toTikTok(path), await toTikTok(path)];
    const page = await api.signIn(first);
    expect(page.text).toContain('TikTok is connected');
    expect((await status()).status).toBe('configured');

    const late = await consent(second);
    const refused = await api.get(late.pathname + late.search);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('used already');
    const again = await api.get(path);
    expect(again.status).toBe(410);
    expect(again.text).toContain('Ask the person who invited you');
  });

  it('survives a sign-in that failed', async () => {
    const path = await invite();
    const denied = await api.signIn(await toTikTok(path), { decision: 'deny' });
    expect(denied.status).toBe(400);
    // Its reader has no key: no link to a page that needs one.
    expect(denied.text).not.toContain('href=');
    expect((await api.signIn(await toTikTok(path))).status).toBe(200);
  });

  it('that was changed or is old is explained', async () => {
    const path = await invite();
    const forged = await api.get(path.replace('token=', 'token=A'));
    expect(forged.status).toBe(400);
    expect(forged.text).toContain('was not made here');
    expect((await api.get('/invitation')).text).toContain('not complete');
    await api.db
      .updateTable('authorization_requests')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('purpose', '=', 'invitation')
      .where('used_at', 'is', null)
      .execute();
    const old = await api.get(path);
    expect(old.status).toBe(410);
    expect(old.text).toContain('valid for seven days');
  });

  it('is never in the log', async () => {
    const path = await invite();
    await api.get(path);
    const token = new URL(path, api.url).searchParams.get('token') ?? '';
    expect(token.length).toBeGreaterThan(40);
    expect(api.log.join('')).toContain('/invitation');
    expect(api.log.join('')).not.toContain(token);
  });
});
