import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { ADVERTISER, APP_SECRET, EVERY_CALL, rejectionOf, smallFile, TOKEN } from './every-call.js';
import { type ScriptedServer, startScriptedServer, success } from './scripted-server.js';

const appId = '7000000000000000000';
const page = (title: string) => `<html><head><title>${title}</title></head><body>nginx</body></html>`;

describe('an answer that TikTok did not give', () => {
  let server: ScriptedServer;
  let client: TikTokClient;
  beforeAll(async () => {
    server = await startScriptedServer();
    client = createTikTokClient({ apiUrl: server.apiUrl, appId, appSecret: APP_SECRET });
  });
  afterAll(() => server.close());

  it.each([
    [200, 'transient'],
    [302, 'transient'],
    [400, 'transient'],
    [401, 'transient'],
    [403, 'transient'],
    [404, 'transient'],
    [405, 'transient'],
    [408, 'transient'],
    [413, 'invalid'],
    [429, 'rate_limit'],
    [500, 'transient'],
    [502, 'transient'],
    [503, 'transient'],
    [504, 'transient'],
  ] as const)('as a page of HTML at HTTP %i is of class %s', async (status, errorClass) => {
    server.reply({ status, text: page('x'), headers: { Location: `${server.apiUrl}elsewhere/` } });
    server.forget();
    const error = await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({
      name: 'TikTokError',
      class: errorClass,
      retry: { transient: 'patiently', rate_limit: 'after_pause', invalid: 'never' }[errorClass],
      message: expect.stringContaining(
        `TikTok answered dmp/custom_audience/list/ with something other than JSON of its own (HTTP ${status})`,
      ),
      details: { code: null, httpStatus: status, requestId: null, endpoint: 'dmp/custom_audience/list/' },
    });
    expect(String(error)).not.toContain('nginx');
    // A redirect would carry the token to another server.
    expect(server.requests).toHaveLength(1);
  });

  it.each(['', 'null', '[]', '{}', '{"code":"0"}', '{"code":0.5}', '{"message":"OK"}', '{"code":0', '0'])(
    'as the body %j is never a success',
    async (text) => {
      server.reply({ text });
      const error = await rejectionOf(client.revokeToken(TOKEN));
      expect(error).toMatchObject({ class: 'transient', details: { code: null, httpStatus: 200 } });
    },
  );

  it.each(EVERY_CALL)('as a reset connection makes $name fail as transient', async ({ run, endpoint }) => {
    server.reply('reset');
    expect(await rejectionOf(run(client))).toMatchObject({
      name: 'TikTokError',
      class: 'transient',
      details: { code: null, httpStatus: null, requestId: null, endpoint },
    });
  });

  it('that breaks off in the middle is transient', async () => {
    server.reply('break off');
    const error = await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({ class: 'transient', details: { httpStatus: null } });
  });

  it.each(EVERY_CALL)('that does not end makes $name fail as transient', async ({ run }) => {
    server.reply('never end');
    expect(await rejectionOf(run(client))).toMatchObject({
      class: 'transient',
      message: expect.stringContaining('the answer is too long'),
      details: { code: null, httpStatus: null },
    });
  });

  it('because nobody listens is transient, and the client sends nothing twice', async () => {
    const gone = await startScriptedServer();
    await gone.close();
    const lonely = createTikTokClient({ apiUrl: gone.apiUrl, appId, appSecret: APP_SECRET });
    const error = await rejectionOf(lonely.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({ class: 'transient', message: expect.stringContaining('ECONNREFUSED') });

    server.reply('reset');
    server.forget();
    await rejectionOf(client.listAudiences(TOKEN, ADVERTISER, 1));
    expect(server.requests).toHaveLength(1);
  });

  it('in time is transient', async () => {
    server.reply('hang');
    const impatient = createTikTokClient({
      apiUrl: server.apiUrl,
      appId,
      appSecret: APP_SECRET,
      timeouts: { callMs: 50 },
    });
    const error = await rejectionOf(impatient.listAudiences(TOKEN, ADVERTISER, 1));
    expect(error).toMatchObject({ class: 'transient', message: expect.stringContaining('within 0.05 s') });
  });

  it('has more time after an upload', async () => {
    server.reply('hang');
    const impatient = createTikTokClient({
      apiUrl: server.apiUrl,
      appId,
      appSecret: APP_SECRET,
      timeouts: { callMs: 1, uploadMs: 60 },
    });
    const error = await rejectionOf(impatient.uploadFile(TOKEN, smallFile()));
    expect(error).toMatchObject({ class: 'transient', message: expect.stringContaining('within 0.06 s') });
  });

  it('is not awaited on a connection that carries nothing any more', async () => {
    server.reply('hang');
    const impatient = createTikTokClient({
      apiUrl: server.apiUrl,
      appId,
      appSecret: APP_SECRET,
      timeouts: { silenceMs: 60 },
    });
    const error = await rejectionOf(impatient.uploadFile(TOKEN, smallFile()));
    expect(error).toMatchObject({
      class: 'transient',
      message: expect.stringContaining('nothing moved for 0.06 s'),
    });
  });

  it('because no connection comes about is transient', async () => {
    // Accepts, and never answers the client's TLS greeting.
    const silent = createServer((socket) => socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const impatient = createTikTokClient({
      apiUrl: `https://127.0.0.1:${port}/open_api/v1.3/`,
      appId,
      appSecret: APP_SECRET,
      timeouts: { connectMs: 50 },
    });
    const error = await rejectionOf(impatient.listAudiences(TOKEN, ADVERTISER, 1));
    await new Promise((resolve) => silent.close(resolve));
    expect(error).toMatchObject({
      class: 'transient',
      message: expect.stringContaining('no connection was made within 0.05 s'),
    });
  });

  it('is not awaited of a change that was called off when TikTok was reached: not a byte of it leaves', async () => {
    server.reply({ json: success({ custom_audience_id: '1' }) });
    server.forget();
    const audience = { advertiserId: ADVERTISER, name: 'x', filePaths: ['0'.repeat(16)] };
    const tooLate = new Error('too late');
    const callOff = () => {
      throw tooLate;
    };
    const created = client.createAudience(
      TOKEN,
      { ...audience, calculateType: 'EMAIL_SHA256' },
      undefined,
      callOff,
    );
    expect(await rejectionOf(created)).toBe(tooLate);
    const updated = client.updateAudience(
      TOKEN,
      { ...audience, audienceId: '1', action: 'APPEND' },
      undefined,
      callOff,
    );
    expect(await rejectionOf(updated)).toBe(tooLate);
    expect(server.requests).toHaveLength(0);
  });

  it('that comes in the middle of an upload counts, and ends it', async () => {
    server.reply('refuse early');
    const size = 50_000_000;
    const chunk = Buffer.alloc(100_000);
    let sent = 0;
    const file = {
      ...smallFile(),
      size,
      open: async () =>
        new Readable({
          read() {
            sent += chunk.length;
            this.push(sent > size ? null : chunk);
          },
        }),
    };
    const error = await rejectionOf(client.uploadFile(TOKEN, file));
    expect(error).toMatchObject({ class: 'reauthorize', details: { code: 40105, httpStatus: 401 } });
    expect(sent).toBeLessThan(size);
  });
});

describe('a signal', () => {
  let server: ScriptedServer;
  let client: TikTokClient;
  beforeAll(async () => {
    server = await startScriptedServer();
    client = createTikTokClient({ apiUrl: server.apiUrl, appId, appSecret: APP_SECRET });
  });
  afterAll(() => server.close());

  it.each(EVERY_CALL)('ends $name, with its own reason', async ({ run }) => {
    server.reply('hang');
    const controller = new AbortController();
    const reason = new Error('the activity was cancelled');
    const arrival = server.arrival();
    const call = rejectionOf(run(client, controller.signal));
    await arrival;
    controller.abort(reason);
    expect(await call).toBe(reason);
  });

  it('that was given before the call lets nothing be sent', async () => {
    server.reply({ json: success({}) });
    server.forget();
    const reason = new Error('too late');
    expect(await rejectionOf(client.revokeToken(TOKEN, AbortSignal.abort(reason)))).toBe(reason);
    expect(server.requests).toEqual([]);
  });

  it('ends the reading of the file too', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(1000));
      },
    });
    const controller = new AbortController();
    const file = { ...smallFile(), size: 10_000_000_000, open: async () => endless };
    const call = rejectionOf(client.uploadFile(TOKEN, file, controller.signal));
    await new Promise((resolve) => endless.once('readable', resolve));
    controller.abort(new Error('cancelled'));
    expect(await call).toMatchObject({ message: 'cancelled' });
    await expect.poll(() => endless.destroyed).toBe(true);
  });
});
