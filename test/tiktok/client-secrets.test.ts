import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { quotable } from '../../src/tiktok/private-words.js';
import { APP_SECRET, AUTH_CODE, EVERY_CALL, rejectionOf, TOKEN } from './every-call.js';
import { type Reply, refusal, type ScriptedServer, startScriptedServer, success } from './scripted-server.js';

const EMAIL = 'anna.adler.0@example.com';
const HASH = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const everything = `${TOKEN} ${APP_SECRET} ${AUTH_CODE} ${EMAIL} ${HASH}`;

describe('a secret', () => {
  let server: ScriptedServer;
  let client: TikTokClient;
  beforeAll(async () => {
    server = await startScriptedServer();
    client = createTikTokClient({
      apiUrl: server.apiUrl,
      appId: '7000000000000000000',
      appSecret: APP_SECRET,
      timeouts: { callMs: 100, uploadMs: 100 },
    });
  });
  afterAll(() => server.close());

  const replies: [string, Reply][] = [
    ['a refusal that echoes everything', { json: refusal(40002, everything) }],
    ['an unknown code that echoes everything', { json: refusal(12345, everything) }],
    ['a page that echoes everything', { status: 502, text: everything }],
    ['a success of another shape', { json: success([everything]) }],
    ['a success with fields of another shape', { json: success({ list: [{ [everything]: everything }] }) }],
    ['a body that is no JSON', { text: `{"code":0,"data":{"access_token":"${TOKEN}` }],
    ['a reset connection', 'reset'],
    ['no answer', 'hang'],
    ['half an answer', 'break off'],
  ];

  it.each(replies)('is in no error about %s', async (_name, reply) => {
    server.reply(reply);
    for (const { run } of EVERY_CALL) {
      const error = await run(client).then(
        () => null,
        (failure: unknown) => failure,
      );
      if (error === null) continue;
      // All of it, the stack and hidden fields included.
      const shown = inspect(error, { depth: 20, showHidden: true });
      for (const secret of [TOKEN, APP_SECRET, AUTH_CODE, EMAIL, HASH]) {
        expect(shown).not.toContain(secret);
      }
    }
  });

  it('is not in the address of any call but the one that TikTok wants it in', async () => {
    server.reply({ json: refusal(40002, 'x') });
    server.forget();
    for (const { run } of EVERY_CALL) await rejectionOf(run(client));
    for (const { path, query } of server.requests) {
      const address = `${path}?${query}`;
      expect(address).not.toContain(TOKEN);
      expect(address).not.toContain(AUTH_CODE);
      if (!path.endsWith('oauth2/advertiser/get/')) expect(address).not.toContain(APP_SECRET);
    }
  });

  it("leaves the rest of TikTok's words as they are", () => {
    const words =
      "Advertiser (7000000000000000001)'s QPS (21) reaches QPS limit 20 for current path, request is temporarily restricted.";
    expect(quotable(words, [TOKEN])).toBe(words);
    expect(quotable(`token=${TOKEN}, secret=x-y, see /dmp/custom_audience/file/upload/`, ['x-y'])).toBe(
      'token=[removed], secret=[removed], see /dmp/custom_audience/file/upload/',
    );
    expect(quotable('word '.repeat(1000), []).length).toBeLessThan(410);
  });
});
