import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createConnectionAccess } from '../../src/connections/access.js';
import { disconnect } from '../../src/connections/disconnect.js';
import { rotateTokens } from '../../src/connections/rotate-tokens.js';
import { encryptTokens } from '../../src/connections/stored-tokens.js';
import { createTokenCipher, type TokenCipher } from '../../src/connections/token-cipher.js';
import { createTokenRefresh } from '../../src/connections/token-refresh.js';
import {
  findConnection,
  insertConnection,
  markDisconnected,
  storeAuthorization,
} from '../../src/database/connections.js';
import { newId } from '../../src/database/ids.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ADVERTISER = '7000000000000000001';
const APP = { appId: '7000000000000000000', appSecret: 'sandbox-secret' };
const LIFETIME = 86_400;
const KEY = randomBytes(32);
const cipher = createTokenCipher({ current: KEY, previous: null });
const rotated = createTokenCipher({ current: randomBytes(32), previous: KEY });

let database: TestDatabase;
let db: Database;
let sandbox: Sandbox;
let folder: string;
let id: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'activate-audience-refresh-'));
  [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox({ dataDir: folder })]);
  db = openDatabase(database.url, () => undefined);
  await migrate(db);
  await admin('settings', { tokenLifetimes: { accessSeconds: LIFETIME } }, 'PATCH');
});
afterAll(async () => {
  await db.destroy();
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function admin(path: string, body: object, method = 'POST'): Promise<void> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
}

const client = () => createTikTokClient({ ...APP, apiUrl: `${sandbox.url}/open_api/v1.3/` });

/** As another process has it: with a memory of its own. */
function access() {
  const live = { client: client(), appId: APP.appId, portalUrl: '' };
  return createConnectionAccess({ db, environments: { live, sandbox: null }, cipher });
}
const target = () => ({ connectionId: id, advertiserId: ADVERTISER });
const list = (one = access()) =>
  one.withAccess(target(), async ({ tiktok, token }) => {
    await tiktok.listAudiences(token, ADVERTISER, 1);
    return token;
  });

const calls = async (endpoint: string) => {
  const answer = await fetch(`${sandbox.url}/_sandbox/calls?endpoint=${endpoint}`);
  return z.array(z.object({ outcome: z.unknown() })).parse(await answer.json());
};
const refreshes = async () => (await calls('oauth2/refresh_token/')).length;

/** Ours says that the token is over soon; TikTok's clock says whether it is. */
const soonOver = () =>
  db
    .updateTable('connections')
    .set({ token_expires_at: new Date(Date.now() + 60_000) })
    .where('id', '=', id)
    .execute();

beforeEach(async () => {
  id = newId('con');
  await insertConnection(db, {
    id,
    platform: 'tiktok-customer-file',
    name: null,
    environment: 'live',
  });
  const query = new URLSearchParams({
    app_id: APP.appId,
    redirect_uri: 'http://127.0.0.1:9/',
    state: 'x',
    decision: 'approve',
  });
  const consent = await fetch(`${sandbox.url}/portal/auth?${query}`, { redirect: 'manual' });
  const code = new URL(consent.headers.get('location') ?? '').searchParams.get('auth_code') ?? '';
  const grant = await client().exchangeAuthCode(code);
  expect(grant.refresh?.expiresInSeconds).toBe(LIFETIME);
  await storeAuthorization(db, id, {
    ...encryptTokens(cipher, id, grant.accessToken, grant.refresh),
    scopes: grant.scopes,
    authorizedBy: null,
    advertisers: [],
    attention: null,
  });
});

it('a token that is about to expire is refreshed by one of many processes, and all go on with the new one', async () => {
  const first = await list();
  const before = await refreshes();
  await soonOver();
  const processes = Array.from({ length: 6 }, () => access());
  const tokens = await Promise.all(processes.flatMap((one) => [list(one), list(one)]));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe(first);
  expect((await refreshes()) - before).toBe(1);
  const row = await findConnection(db, id);
  expect(row).toMatchObject({ status: 'configured', version: 1 });
  expect((row?.token_expires_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan((LIFETIME - 600) * 1000);
});

it('one that has expired earlier than thought is refreshed once, and the call is made again', async () => {
  await list();
  const before = await refreshes();
  await admin('clock', { advanceSeconds: LIFETIME + 1 });
  const tokens = await Promise.all([list(), list(), list()]);
  expect(new Set(tokens).size).toBe(1);
  expect((await refreshes()) - before).toBe(1);
});

it('the present token is used on while TikTok cannot refresh it, as long as it lives', async () => {
  const first = await list();
  await soonOver();
  await admin('faults', { endpoint: 'oauth2/refresh_token/', kind: 'http', status: 502, times: 1 });
  expect(await list()).toBe(first);
  expect(await list()).not.toBe(first);
});

it('a person is asked when the refresh token is dead too', async () => {
  await admin('faults', { endpoint: 'oauth2/refresh_token/', kind: 'code', code: 40103, times: 1 });
  await soonOver();
  await expect(list()).rejects.toMatchObject({
    name: 'ConnectionUnusableError',
    attention: { code: 'reconnect_tiktok', detail: expect.stringContaining('could not be renewed') },
  });
  expect((await findConnection(db, id))?.status).toBe('needs_reauthorization');
});

it('a refused token is refreshed also when the key was rotated meanwhile: it is the same token', async () => {
  const refused = await findConnection(db, id);
  if (refused === undefined) throw new Error('there is no connection');
  await rotateTokens(db, rotated);
  const before = await refreshes();
  await createTokenRefresh({ db, cipher: rotated }).renew(refused, client());
  expect((await refreshes()) - before).toBe(1);
});

/** Whether somebody waits for the lock on tokens. */
async function isWaitedFor(): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_locks
    where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0;
}

describe('while tokens are refreshed', () => {
  /** The token that TikTok gives in a refresh in the middle of which something else happens to the connection. */
  async function refreshedDuring(meanwhile: () => Promise<void>) {
    const row = await findConnection(db, id);
    if (row === undefined) throw new Error('there is no connection');
    const tiktok = client();
    let given: string | undefined;
    const slow: TikTokClient = {
      ...tiktok,
      async refreshAccessToken(refreshToken) {
        const tokens = await tiktok.refreshAccessToken(refreshToken);
        given = tokens.accessToken;
        await meanwhile();
        return tokens;
      },
    };
    await createTokenRefresh({ db, cipher }).renew(row, slow);
    return given;
  }

  it('a new sign-in counts more', async () => {
    const refresh = { refreshToken: 'new', expiresInSeconds: LIFETIME };
    await refreshedDuring(() =>
      storeAuthorization(db, id, {
        ...encryptTokens(cipher, id, 'of the sign-in', refresh),
        scopes: [],
        authorizedBy: null,
        advertisers: [],
        attention: null,
      }),
    );
    const connection = await findConnection(db, id);
    expect(cipher.decrypt(id, connection?.access_token ?? Buffer.alloc(0))).toBe('of the sign-in');
  });

  it('a rotation of the key waits, and leaves the new ones', async () => {
    const before = await findConnection(db, id);
    let rotation: Promise<unknown> = Promise.resolve();
    const given = await refreshedDuring(async () => {
      let over = false;
      rotation = rotateTokens(db, rotated).finally(() => {
        over = true;
      });
      await expect.poll(async () => over || (await isWaitedFor())).toBe(true);
    });
    await rotation;
    const tokenOf = (by: TokenCipher, row: typeof before) =>
      by.decrypt(id, row?.access_token ?? Buffer.alloc(0));
    expect(given).not.toBe(tokenOf(cipher, before));
    expect(tokenOf(rotated, await findConnection(db, id))).toBe(given);
  });

  it('a person who disconnects waits, and the new ones are given back', async () => {
    const before = await findConnection(db, id);
    if (before === undefined) throw new Error('there is no connection');
    const revoked: string[] = [];
    const revoking: TikTokClient = {
      ...client(),
      revokeToken: async (token) => void revoked.push(token),
    };
    const live = { client: revoking, appId: APP.appId, portalUrl: '' };
    let disconnecting: Promise<unknown> = Promise.resolve();
    const given = await refreshedDuring(async () => {
      let over = false;
      disconnecting = disconnect({ db, environments: { live, sandbox: null }, cipher }, before).finally(
        () => {
          over = true;
        },
      );
      await expect.poll(async () => over || (await isWaitedFor())).toBe(true);
    });
    expect(await disconnecting).toBe(true);
    expect(revoked).toEqual([given]);
    expect(await findConnection(db, id)).toMatchObject({ status: 'disconnected', access_token: null });
  });

  it('a disconnection leaves none of them', async () => {
    await refreshedDuring(async () => {
      await markDisconnected(db, { id, version: 1 }, null);
    });
    expect(await findConnection(db, id)).toMatchObject({
      status: 'disconnected',
      access_token: null,
      refresh_token: null,
    });
  });
});

it('neither token stands in the database in clear', async () => {
  const token = await list();
  const row = await findConnection(db, id);
  const stored = [row?.access_token, row?.refresh_token].map((bytes) => bytes?.toString('latin1') ?? '');
  expect(stored.every((text) => text.length > 40 && !/[0-9a-f]{40}/.test(text))).toBe(true);
  expect(stored.join('')).not.toContain(token);
});
