import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { NewConnection } from '../../src/api/schemas/connection.js';
import { refreshOf } from '../../src/connections/stored-tokens.js';
import { createTokenCipher } from '../../src/connections/token-cipher.js';
import { ADVERTISER, customers, startTestStack, type TestStack } from './test-stack.js';

const key = randomBytes(32);
const APP_SECRET = 'sandbox-secret';

let product: TestStack;
/** By what it is. */
const secrets = new Map<string, string>([
  ['the encryption key', key.toString('base64')],
  ['the app secret', APP_SECRET],
]);
beforeAll(async () => {
  product = await startTestStack({
    ENCRYPTION_KEY: key.toString('base64'),
    LOG_LEVEL: 'trace',
    PART_BYTES: '20000',
  });
  await product.admin('PATCH', 'settings', {
    minimumMatched: 0,
    // So that there are refresh tokens as well.
    tokenLifetimes: { accessSeconds: 86_400 },
  });
});
afterAll(() => product?.stop());

/** Goes to TikTok and back as a browser does, and remembers what stood in the addresses. */
async function signIn(authorizationUrl: string, what: string): Promise<number> {
  const consent = await fetch(`${authorizationUrl}&decision=approve`, { redirect: 'manual' });
  const back = new URL(consent.headers.get('location') ?? '');
  secrets.set(`the state of ${what}`, back.searchParams.get('state') ?? '');
  secrets.set(`the code of ${what}`, back.searchParams.get('auth_code') ?? '');
  return (await fetch(back)).status;
}

async function begin(connectionId: string, body?: object): Promise<string> {
  const answer = await product.post(`/v1/connections/${connectionId}/authorizations`, body);
  return ((await answer.json()) as NewConnection).authorizationUrl;
}

async function query<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: product.stack.addresses.databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

const storedTokens = z.object({ access_token: z.instanceof(Buffer), refresh_token: z.instanceof(Buffer) });

async function rememberTokens(connectionId: string, what: string): Promise<void> {
  const cipher = createTokenCipher({ current: key, previous: null });
  const [row] = await query(
    `select access_token, refresh_token from connections where id = '${connectionId}'`,
  );
  const { access_token, refresh_token } = storedTokens.parse(row);
  secrets.set(`the token of ${what}`, cipher.decrypt(connectionId, access_token));
  secrets.set(`the refresh token of ${what}`, cipher.decrypt(refreshOf(connectionId), refresh_token));
}

/** Every row of every table. Bytes are written in hexadecimal digits. */
async function dump(): Promise<string> {
  const tables = await query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  const rows = await Promise.all(
    tables.map(({ name }) => query<{ row: string }>(`select t::text as row from "${name}" t`)),
  );
  expect(tables.length).toBeGreaterThan(10);
  return rows
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

/** What the processes wrote: logs, Temporal's histories, objects, the sandbox's state; not what the test gave them. */
async function files(): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(product.folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // PostgreSQL's own files are read as tables.
    if (entry.isFile() && !path.includes(`${sep}postgres${sep}`)) found.set(path, await readFile(path));
  }
  return found;
}

async function answers(connectionId: string, runs: readonly string[]): Promise<string> {
  const paths = [
    '/v1/connections',
    `/v1/connections/${connectionId}`,
    `/v1/connections/${connectionId}/advertisers/${ADVERTISER}/audiences`,
    '/v1/activations',
    '/v1/uploads',
    '/metrics',
    '/openapi.json',
    ...runs.flatMap((id) => [
      `/v1/activations/${id}`,
      `/v1/activations/${id}/parts`,
      `/v1/activations/${id}/rejected-rows`,
      `/activations/${id}`,
    ]),
  ];
  const texts = paths.map(async (path) => (await fetch(product.api + path)).text());
  return (await Promise.all(texts)).join('\n');
}

it('no token, code, state or key stands in any log, table, history, file or answer', async () => {
  const created = (await (
    await product.post('/v1/connections', { platform: 'tiktok-customer-file' })
  ).json()) as NewConnection;
  const connectionId = created.id;
  expect(await signIn(created.authorizationUrl, 'the first sign-in')).toBe(200);
  await rememberTokens(connectionId, 'the first sign-in');

  const uploadId = await product.upload(customers(3_000));
  const activate = async (name: string) =>
    (
      await product.activate({
        uploadId,
        connectionId,
        advertiserId: ADVERTISER,
        audience: { action: 'create', name },
      })
    ).id;
  const endpoint = 'dmp/custom_audience/file/upload/';
  await product.admin('POST', 'faults', { endpoint, kind: 'revoke', times: 1 });
  const run = await activate('Searched');
  await product.until(run, ({ phase }) => phase === 'waiting_for_reconnect');

  // A sign-in that is refused, one through an invitation that succeeds, and a refresh of its tokens.
  const wrong = new URL(await begin(connectionId));
  wrong.searchParams.set('advertiser', '7000000000000000002');
  expect(await signIn(wrong.href, 'the refused sign-in')).toBe(400);
  const invitation = new URL(await begin(connectionId, { invitation: { from: 'Anna' } }));
  secrets.set('the invitation', invitation.searchParams.get('token') ?? '');
  await fetch(invitation);
  const led = await fetch(`${product.api}/invitation/sign-in${invitation.search}`, { redirect: 'manual' });
  expect(await signIn(led.headers.get('location') ?? '', 'the invited sign-in')).toBe(200);
  await rememberTokens(connectionId, 'the invited sign-in');
  await product.until(run, ({ phase }) => phase === 'completed');
  await product.admin('POST', 'clock', { advanceSeconds: 86_401 });
  const second = await activate('Refreshed');
  await product.until(second, ({ phase }) => phase === 'completed');
  await rememberTokens(connectionId, 'the refresh');

  expect(secrets.size).toBe(15);
  expect(new Set(secrets.values()).size).toBe(15);
  for (const [what, secret] of secrets) expect(secret.length, what).toBeGreaterThanOrEqual(APP_SECRET.length);

  const places = await files();
  places.set('the database', Buffer.from(await dump()));
  places.set("the API's answers", Buffer.from(await answers(connectionId, [run, second])));
  // What must be found is found: the search would see a secret.
  const holding = (text: string) =>
    [...places].filter(([, bytes]) => bytes.includes(text)).map(([name]) => name);
  expect(holding('/v1/oauth/tiktok/callback').some((name) => name.endsWith('api.log'))).toBe(true);
  expect(holding(run).some((name) => name.includes('temporal'))).toBe(true);
  expect(holding(run)).toEqual(expect.arrayContaining(['the database', "the API's answers"]));
  expect([...places.keys()].some((name) => name.endsWith('worker.log'))).toBe(true);

  for (const [what, secret] of secrets) {
    for (const form of [secret, Buffer.from(secret).toString('hex'), encodeURIComponent(secret)]) {
      expect(holding(form), `${what} stands in`).toEqual([]);
    }
  }
}, 240_000);
