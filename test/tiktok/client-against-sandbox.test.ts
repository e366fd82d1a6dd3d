import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import type { FileToUpload, TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { authorizationUrl } from '../../src/tiktok/oauth.js';
import { rejectionOf } from './every-call.js';

const APP = { id: '7000000000000000000', secret: 'sandbox-secret' };
const ADVERTISER = '7000000000000000001';
const REDIRECT = 'http://127.0.0.1:8080/v1/oauth/tiktok/callback';

describe('the client against the sandbox', () => {
  let folder: string;
  let sandbox: Sandbox;
  let client: TikTokClient;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'client-against-sandbox-'));
    sandbox = await startSandbox({ dataDir: folder, minimumMatched: 3, processingSeconds: 60 });
    client = createTikTokClient({
      apiUrl: `${sandbox.url}/open_api/v1.3/`,
      appId: APP.id,
      appSecret: APP.secret,
    });
  });
  afterEach(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  it('lives through a whole audience, from the sign-in to the deletion', async () => {
    const {
      accessToken: token,
      advertiserIds,
      scopes,
    } = await client.exchangeAuthCode(await signIn('approve'));
    expect(advertiserIds).toContain(ADVERTISER);
    expect(scopes.every((scope) => /^\d+$/.test(scope))).toBe(true);
    expect((await client.authorizingUser(token)).displayName).not.toBeNull();
    expect(await client.authorizedAdvertisers(token)).toContainEqual({
      id: ADVERTISER,
      name: 'Sandbox Advertiser',
    });
    expect(await client.advertiserInfo(token, [ADVERTISER])).toEqual([
      { id: ADVERTISER, name: 'Sandbox Advertiser', timezone: 'Europe/Berlin', status: 'STATUS_ENABLE' },
    ]);

    const first = await client.uploadFile(token, fileOf(people(0, 5)));
    expect(first.filePath).toMatch(/^[0-9a-f]{16}$/);
    const { audienceId, requestId } = await client.createAudience(token, {
      advertiserId: ADVERTISER,
      name: 'act_1 Buyers',
      filePaths: [first.filePath],
      calculateType: 'EMAIL_SHA256',
      retentionInDays: 180,
    });
    expect(requestId).not.toBeNull();
    await client.renameAudience(token, { advertiserId: ADVERTISER, audienceId, name: 'Buyers' });

    const second = await client.uploadFile(token, fileOf(people(5, 9)));
    const append = {
      advertiserId: ADVERTISER,
      audienceId,
      action: 'APPEND',
      filePaths: [second.filePath],
    } as const;
    expect(await rejectionOf(client.updateAudience(token, append))).toMatchObject({ class: 'not_editable' });
    await processing();
    expect((await client.listAudiences(token, ADVERTISER, 1)).audiences).toEqual([
      expect.objectContaining({ audienceId, name: 'Buyers', coverNum: 5, isValid: true, isCreator: true }),
    ]);
    await client.updateAudience(token, append);
    await processing();

    const [details] = await client.getAudiences(token, ADVERTISER, [audienceId, '1']);
    expect(details).toMatchObject({
      audienceId,
      type: 'Customer File Audience',
      calculateType: 'EMAIL_SHA256',
      coverNum: 9,
      isValid: true,
      errorMessage: null,
    });
    expect(details?.history.length).toBeGreaterThan(0);

    await client.deleteAudiences(token, ADVERTISER, [audienceId]);
    expect(await client.getAudiences(token, ADVERTISER, [audienceId])).toEqual([]);
    expect(await client.listAudiences(token, ADVERTISER, 1)).toMatchObject({ audiences: [], total: 0 });

    await client.revokeToken(token);
    expect(await rejectionOf(client.authorizingUser(token))).toMatchObject({
      class: 'reauthorize',
      details: { code: 40105 },
    });
  });

  it('turns pages until the last one', async () => {
    const { accessToken: token } = await client.exchangeAuthCode(await signIn('approve'));
    const { filePath } = await client.uploadFile(token, fileOf(people(0, 5)));
    for (let n = 0; n < 101; n++) {
      const wanted = { advertiserId: ADVERTISER, name: `Audience ${n}`, filePaths: [filePath] };
      await client.createAudience(token, { ...wanted, calculateType: 'EMAIL_SHA256' });
    }
    const pages = [
      await client.listAudiences(token, ADVERTISER, 1),
      await client.listAudiences(token, ADVERTISER, 2),
    ];
    expect(
      pages.map(({ page, audiences, totalPages, total }) => [page, audiences.length, totalPages, total]),
    ).toEqual([
      [1, 100, 2, 101],
      [2, 1, 2, 101],
    ]);
  });

  it('is refused as TikTok refuses', async () => {
    const code = await signIn('approve_without_31');
    const { accessToken: token } = await client.exchangeAuthCode(code);
    expect(await rejectionOf(client.exchangeAuthCode(code))).toMatchObject({ details: { code: 40110 } });
    expect(await rejectionOf(client.uploadFile(token, fileOf(people(0, 5))))).toMatchObject({
      class: 'permission',
    });

    const { accessToken } = await client.exchangeAuthCode(await signIn('approve'));
    const file = fileOf(people(0, 5));
    const wrongMd5 = client.uploadFile(accessToken, { ...file, md5: '0'.repeat(32) });
    expect(await rejectionOf(wrongMd5)).toMatchObject({ class: 'file', details: { code: 40900 } });
    const unknownFile = client.createAudience(accessToken, {
      advertiserId: ADVERTISER,
      name: 'Buyers',
      filePaths: ['0123456789abcdef'],
      calculateType: 'EMAIL_SHA256',
    });
    expect(await rejectionOf(unknownFile)).toMatchObject({ class: 'file', details: { code: 40905 } });
    const stranger = createTikTokClient({
      apiUrl: `${sandbox.url}/open_api/v1.3/`,
      appId: APP.id,
      appSecret: 'wrong',
    });
    expect(await rejectionOf(stranger.exchangeAuthCode(await signIn('approve')))).toMatchObject({
      class: 'invalid',
      details: { code: 40101 },
    });
  });

  it('meets a lost answer as an open outcome', async () => {
    const { accessToken: token } = await client.exchangeAuthCode(await signIn('approve'));
    const { filePath } = await client.uploadFile(token, fileOf(people(0, 5)));
    await admin('POST', 'faults', { endpoint: 'dmp/custom_audience/create/', kind: 'reset-after', times: 1 });
    const create = client.createAudience(token, {
      advertiserId: ADVERTISER,
      name: 'Buyers',
      filePaths: [filePath],
      calculateType: 'EMAIL_SHA256',
    });
    expect(await rejectionOf(create)).toMatchObject({ class: 'transient', details: { httpStatus: null } });
    expect((await client.listAudiences(token, ADVERTISER, 1)).audiences.map(({ name }) => name)).toEqual([
      'Buyers',
    ]);
  });

  async function signIn(decision: string): Promise<string> {
    const url = authorizationUrl({
      portalUrl: `${sandbox.url}/portal/auth`,
      appId: APP.id,
      redirectUri: REDIRECT,
      state: 'opaque',
    });
    const answer = await fetch(`${url}&decision=${decision}`, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.searchParams.get('state')).toBe('opaque');
    return back.searchParams.get('auth_code') ?? '';
  }

  async function processing(): Promise<void> {
    await admin('POST', 'clock', { advanceSeconds: 61 });
  }

  async function admin(method: string, path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.ok).toBe(true);
  }
});

/** E-mail addresses of people whom the sandbox knows, as the brief normalises them. */
function people(from: number, to: number): string[] {
  const first = ['anna', 'ben', 'carla', 'david', 'elena', 'felix', 'grace', 'hugo', 'irene'];
  return first
    .slice(from, to)
    .map((name, n) => `${name}adler0@example.${['com', 'org', 'net'][(from + n) % 3]}`);
}

function fileOf(emails: readonly string[]): FileToUpload {
  const lines = emails.map((email) => `${createHash('sha256').update(email).digest('hex')}\n`);
  const bytes = Buffer.from(lines.join(''));
  return {
    advertiserId: ADVERTISER,
    calculateType: 'EMAIL_SHA256',
    fileName: 'part-0001.csv',
    size: bytes.length,
    md5: createHash('md5').update(bytes).digest('hex'),
    open: async () => Readable.from([bytes]),
  };
}
