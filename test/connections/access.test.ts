import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnectionAccess } from '../../src/connections/access.js';
import { AdvertiserGoneError } from '../../src/connections/advertiser-gone-error.js';
import { recordedFailure } from '../../src/connections/connection-marks.js';
import { ConnectionUnusableError } from '../../src/connections/connection-unusable-error.js';
import { disconnect } from '../../src/connections/disconnect.js';
import { createTokenCipher } from '../../src/connections/token-cipher.js';
import {
  advertisersOf,
  findConnection,
  insertConnection,
  markDisconnected,
  storeAuthorization,
} from '../../src/database/connections.js';
import { newId } from '../../src/database/ids.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { TikTokError, type TikTokErrorClass } from '../../src/tiktok/errors.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ADVERTISER = '7000000000000000001';
const cipher = createTokenCipher({ current: randomBytes(32), previous: null });

let database: TestDatabase;
let db: Database;
let sandbox: Sandbox;
let folder: string;
let id: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'activate-audience-access-'));
  [database, sandbox] = await Promise.all([createTestDatabase(), startSandbox({ dataDir: folder })]);
  db = openDatabase(database.url, () => undefined);
  await migrate(db);
});
afterAll(async () => {
  await db.destroy();
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function tiktok() {
  const apiUrl = `${sandbox.url}/open_api/v1.3/`;
  return createTikTokClient({ apiUrl, appId: '7000000000000000000', appSecret: 'sandbox-secret' });
}

const environments = (client = tiktok()) =>
  ({ live: { client, appId: '7000000000000000000', portalUrl: '' }, sandbox: null }) as const;
const access = () => createConnectionAccess({ db, environments: environments(), cipher });
const target = () => ({ connectionId: id, advertiserId: ADVERTISER });

async function authorize(token: string): Promise<void> {
  await storeAuthorization(db, id, {
    accessToken: cipher.encrypt(id, token),
    refreshToken: null,
    tokenExpiresAt: null,
    scopes: ['30', '31'],
    authorizedBy: 'Anna Adler',
    advertisers: [
      { advertiser_id: ADVERTISER, name: 'Sandbox', timezone: null, audiences_used: null, can_write: null },
    ],
    attention: null,
  });
}

async function sandboxToken(advertisers: readonly string[] = []): Promise<string> {
  const redirect = 'http://127.0.0.1:9/';
  const query = new URLSearchParams({
    app_id: '7000000000000000000',
    redirect_uri: redirect,
    state: 'x',
    decision: 'approve',
  });
  for (const advertiser of advertisers) query.append('advertiser', advertiser);
  const response = await fetch(`${sandbox.url}/portal/auth?${query}`, { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '');
  const { accessToken } = await tiktok().exchangeAuthCode(back.searchParams.get('auth_code') ?? '');
  return accessToken;
}

beforeEach(async () => {
  id = newId('con');
  await insertConnection(db, { id, platform: 'tiktok-customer-file', name: null, environment: 'live' });
});

const scopes = (change: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(change),
});

function failure(kind: TikTokErrorClass): TikTokError {
  const details = { code: 1, httpStatus: 200, requestId: null, endpoint: 'user/info/', advice: 'Change it.' };
  return new TikTokError(kind, 'no', details);
}

async function unusable(attempt: Promise<unknown>): Promise<ConnectionUnusableError> {
  const error = await attempt.catch((reason: unknown) => reason);
  if (error instanceof ConnectionUnusableError) return error;
  throw new Error('expected the connection to be unusable', { cause: error });
}

describe('withAccess', () => {
  it('lends the token and its version, and returns what was made with it', async () => {
    await authorize('token-1');
    const lent = await access().withAccess(target(), async (given) => given);
    expect(lent).toMatchObject({ token: 'token-1', version: 1 });
  });

  it('does not begin without a sign-in, nor after disconnecting', async () => {
    let used = 0;
    const use = async () => used++;
    const before = await unusable(access().withAccess(target(), use));
    expect(before).toMatchObject({ connectionId: id, version: 0, attention: { code: 'connect_tiktok' } });
    await authorize('token-1');
    await markDisconnected(db, { id, version: 1 }, null);
    expect((await unusable(access().withAccess(target(), use))).attention.code).toBe('connect_tiktok');
    expect(used).toBe(0);
  });

  it.each(['reauthorize', 'permission'] as const)(
    'marks the connection when TikTok refuses with class %s, and says who authorised it',
    async (kind) => {
      await authorize('token-1');
      const error = await unusable(access().withAccess(target(), () => Promise.reject(failure(kind))));
      expect(error).toMatchObject({ version: 1, attention: { code: 'reconnect_tiktok' } });
      expect(error.attention.detail).toContain('Anna Adler');
      expect(await findConnection(db, id)).toMatchObject({
        status: 'needs_reauthorization',
        attention: error.attention,
      });
      expect(await access().usableVersion(id)).toBeNull();
      // Nobody asks TikTok again until somebody signs in.
      let used = 0;
      const later = await unusable(access().withAccess(target(), async () => used++));
      expect([later.attention, used]).toEqual([error.attention, 0]);
    },
  );

  it.each(['rate_limit', 'transient', 'not_editable', 'file', 'invalid'] as const)(
    'lets a failure of class %s pass and leaves the connection alone',
    async (kind) => {
      await authorize('token-1');
      await expect(access().withAccess(target(), () => Promise.reject(failure(kind)))).rejects.toBeInstanceOf(
        TikTokError,
      );
      expect(await access().usableVersion(id)).toBe(1);
    },
  );

  it('does not spoil a new authorization by the late failure of an old token', async () => {
    await authorize('token-1');
    const error = await unusable(
      access().withAccess(target(), async () => {
        await authorize('token-2');
        throw failure('reauthorize');
      }),
    );
    expect(error.version).toBe(1);
    expect(await access().usableVersion(id)).toBe(2);
    expect(await access().withAccess(target(), async ({ token }) => token)).toBe('token-2');
  });

  it('asks for the missing key, without marking the connection, when the token cannot be read', async () => {
    await authorize('token-1');
    const other = createTokenCipher({ current: randomBytes(32), previous: null });
    const stranger = createConnectionAccess({ db, environments: environments(), cipher: other });
    const error = await unusable(stranger.withAccess(target(), async () => undefined));
    expect(error.attention.code).toBe('token_unreadable');
    expect(error.attention.detail).toContain('ENCRYPTION_KEY');
    expect(await stranger.canBeOpened(id)).toBe(false);
    expect(await access().canBeOpened(id)).toBe(true);
    expect(await access().usableVersion(id)).toBe(1);
  });

  it('notes that the authorization works, at most once a minute', async () => {
    await authorize('token-1');
    const verifiedAt = async () => (await findConnection(db, id))?.verified_at?.getTime() ?? 0;
    const fresh = await verifiedAt();
    await access().withAccess(target(), async () => undefined);
    expect(await verifiedAt()).toBe(fresh);
    const old = new Date(Date.now() - 61_000);
    await db.updateTable('connections').set({ verified_at: old }).where('id', '=', id).execute();
    await access().withAccess(target(), async () => undefined);
    expect(await verifiedAt()).toBeGreaterThan(old.getTime());
    // As a database whose clock was ahead then has noted it.
    const ahead = new Date(Date.now() + 3_600_000);
    await db.updateTable('connections').set({ verified_at: ahead }).where('id', '=', id).execute();
    await access().withAccess(target(), async () => undefined);
    expect(await verifiedAt()).toBeLessThan(ahead.getTime());
  });
});

describe('a failure that is about one ad account', () => {
  const OTHER = '7000000000000000002';
  const listOther = () =>
    access().withAccess({ connectionId: id, advertiserId: OTHER }, ({ tiktok: client, token }) =>
      client.listAudiences(token, OTHER, 1),
    );

  it('leaves the connection to its other ad accounts, and names the one that was lost', async () => {
    await authorize(await sandboxToken([ADVERTISER]));
    const error = await unusable(listOther());
    expect(error.attention.code).toBe('advertiser_not_granted');
    expect(error.attention.detail).toContain(OTHER);
    expect(error.attention.detail).toContain('Anna Adler');
    expect(await access().usableVersion(id)).toBe(1);
  });

  const refused = (code: number, kind: TikTokErrorClass) => {
    const details = { code, httpStatus: 200, requestId: 'r', endpoint: 'x/', advice: '' };
    return new TikTokError(kind, 'no', details);
  };
  const refusal = (code: number, kind: TikTokErrorClass) =>
    unusable(access().withAccess(target(), () => Promise.reject(refused(code, kind))));

  it.each([
    ['a permission', 40301, 'permission'],
    ['the person', 40106, 'reauthorize'],
  ] as const)('because of %s leaves the connection to those that it may write to', async (_, code, kind) => {
    await authorize(await sandboxToken([ADVERTISER, OTHER]));
    const error = await refusal(code, kind);
    expect(error).toMatchObject({ version: 1, attention: { code: 'reconnect_tiktok' } });
    expect(error.attention.detail).toContain('Other ad accounts of the connection go on working.');
    expect(await access().usableVersion(id)).toBe(1);
  });

  it.each([
    ['lists no ad accounts', { authorizedAdvertisers: () => Promise.reject(failure('transient')) }],
    ['allows no call', { authorizedAdvertisers: () => Promise.reject(failure('rate_limit')) }],
    ['does not tell what may be written', { renameAudience: () => Promise.reject(failure('transient')) }],
  ])('leaves the connection alone while TikTok %s', async (_, silent) => {
    await authorize(await sandboxToken([ADVERTISER, OTHER]));
    const unsure = environments({ ...tiktok(), ...silent });
    const asking = createConnectionAccess({ db, environments: unsure, cipher });
    const error = await unusable(
      asking.withAccess(target(), () => Promise.reject(refused(40301, 'permission'))),
    );
    expect(error).toMatchObject({ version: 1, attention: { code: 'reconnect_tiktok' } });
    expect(error.attention.detail).not.toContain('Other ad accounts');
    expect(await access().usableVersion(id)).toBe(1);
  });

  it('is one of the whole connection when the others are refused in the same way', async () => {
    await authorize(await sandboxToken([ADVERTISER, OTHER]));
    const loggedOut = refused(40114, 'reauthorize');
    const dead = environments({ ...tiktok(), renameAudience: () => Promise.reject(loggedOut) });
    const refusing = createConnectionAccess({ db, environments: dead, cipher });
    await unusable(refusing.withAccess(target(), () => Promise.reject(loggedOut)));
    expect(await access().usableVersion(id)).toBeNull();
  });

  it('is one of the whole connection when it is the app that is refused', async () => {
    await authorize(await sandboxToken([ADVERTISER, OTHER]));
    await refusal(40117, 'permission');
    expect(await access().usableVersion(id)).toBeNull();
  });

  it('is one of the whole connection when the others may not be written to either, or there are none', async () => {
    await authorize(await sandboxToken([ADVERTISER]));
    await refusal(40301, 'permission');
    expect(await access().usableVersion(id)).toBeNull();

    await authorize(await sandboxToken([ADVERTISER, OTHER]));
    await fetch(`${sandbox.url}/_sandbox/scopes`, scopes({ remove: ['31'] }));
    await refusal(40301, 'permission');
    await fetch(`${sandbox.url}/_sandbox/scopes`, scopes({ restore: ['31'] }));
    expect(await access().usableVersion(id)).toBeNull();
  });

  it('asks for no sign-in when TikTok no longer knows it', async () => {
    await authorize(await sandboxToken());
    const details = { code: 40300, httpStatus: 200, requestId: 'r', endpoint: 'x/', advice: '' };
    const gone = new TikTokError('invalid', 'no', details);
    const attempt = access().withAccess(target(), () => Promise.reject(gone));
    await expect(attempt).rejects.toBeInstanceOf(AdvertiserGoneError);
    await expect(attempt).rejects.toThrow('Signing in again does not bring it back');
    expect(await access().usableVersion(id)).toBe(1);
  });

  it('is none when it can be an audience that TikTok does not know', async () => {
    await authorize(await sandboxToken());
    const details = { code: 40001, httpStatus: 200, requestId: 'r', endpoint: 'x/', advice: '' };
    const error = new TikTokError('invalid', 'The audience has been deleted.', details);
    await expect(access().withAccess(target(), () => Promise.reject(error))).rejects.toBe(error);
  });
});

describe('the health of a connection', () => {
  const failureOf = async () => {
    const row = await findConnection(db, id);
    return row === undefined ? null : recordedFailure(row);
  };

  it('is that of its calls: the newest failure is kept, a mistake of one request is none', async () => {
    await authorize('token-1');
    await access()
      .withAccess(target(), () => Promise.reject(failure('invalid')))
      .catch(() => undefined);
    expect(await failureOf()).toBeNull();
    await access()
      .withAccess(target(), () => Promise.reject(failure('transient')))
      .catch(() => undefined);
    expect(await failureOf()).toMatchObject({ kind: 'transient', code: 1, detail: 'no' });
    await authorize('token-2');
    expect(await failureOf()).toBeNull();
  });
});

describe('the health of a connection by a process whose clock is wrong by days', () => {
  const DAYS_MS = 3 * 86_400_000;
  afterEach(() => vi.useRealTimers());

  const fails = () =>
    access()
      .withAccess(target(), () => Promise.reject(failure('transient')))
      .catch(() => undefined);
  const noted = async () => {
    const row = await findConnection(db, id);
    if (row === undefined) throw new Error('there is no connection');
    return { failedAt: Date.parse(recordedFailure(row)?.at ?? ''), verifiedAt: row.verified_at?.getTime() };
  };

  it.each([DAYS_MS, -DAYS_MS])('(%i ms) has the times of the database', async (byMs) => {
    await authorize('token-1');
    const before = await noted();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
    await fails();
    await access().withAccess(target(), async () => undefined);
    vi.useRealTimers();
    const { failedAt, verifiedAt } = await noted();
    expect(Math.abs(failedAt - Date.now())).toBeLessThan(86_400_000);
    expect(verifiedAt).toBe(before.verifiedAt);
  });

  it('is noted at most once a minute for each kind, and anew over a note from the future', async () => {
    await authorize('token-1');
    await fails();
    const first = await noted();
    await fails();
    expect(await noted()).toEqual(first);
    const moveTo = (at: Date) =>
      db
        .updateTable('connections')
        .set({ last_failure: JSON.stringify({ ...row, at: at.toISOString() }) })
        .where('id', '=', id)
        .execute();
    const row = { kind: 'transient', code: 1, requestId: null, detail: 'no' };
    for (const other of [DAYS_MS, -61_000]) {
      await moveTo(new Date(Date.now() + other));
      await fails();
      expect(Math.abs((await noted()).failedAt - Date.now())).toBeLessThan(60_000);
    }
  });
});

describe('recheck', () => {
  it('makes a connection usable again whose token TikTok accepts', async () => {
    await authorize(await sandboxToken([ADVERTISER]));
    await unusable(access().withAccess(target(), () => Promise.reject(failure('permission'))));
    expect(await access().recheck(target(), 'works')).toBe(true);
    expect(await findConnection(db, id)).toMatchObject({ status: 'configured', attention: null, version: 1 });
  });

  it('leaves it as it is while TikTok refuses the token, or there is none', async () => {
    expect(await access().recheck(target(), 'works')).toBe(false);
    expect(await access().recheck({ ...target(), connectionId: 'con_none' }, 'works')).toBe(false);
    await authorize('0'.repeat(40));
    await unusable(access().withAccess(target(), () => Promise.reject(failure('reauthorize'))));
    expect(await access().recheck(target(), 'works')).toBe(false);
    expect((await findConnection(db, id))?.status).toBe('needs_reauthorization');
  });

  it('goes by the one who asks where TikTok does not tell whether audiences may be changed', async () => {
    await authorize(await sandboxToken([ADVERTISER]));
    const unsure = { ...tiktok(), renameAudience: () => Promise.reject(failure('transient')) };
    const asking = createConnectionAccess({ db, environments: environments(unsure), cipher });
    expect(await asking.recheck(target(), 'refused')).toBe(false);
    expect(await asking.recheck(target(), 'works')).toBe(true);
  });

  it('fails when TikTok cannot be asked', async () => {
    await authorize('token-1');
    const nowhere = createTikTokClient({ apiUrl: 'http://127.0.0.1:9/', appId: '1', appSecret: 'x' });
    const cut = createConnectionAccess({ db, environments: environments(nowhere), cipher });
    await expect(cut.recheck(target(), 'works')).rejects.toBeInstanceOf(TikTokError);
  });
});

describe('disconnecting', () => {
  it('leaves alone the authorization of a sign-in that comes while TikTok takes the earlier one back', async () => {
    await authorize('earlier');
    const slow = { ...tiktok(), revokeToken: () => authorize('new') };
    const connection = await findConnection(db, id);
    if (connection === undefined) throw new Error('there is no connection');
    const deps = { db, environments: environments(slow), cipher };
    expect(await disconnect(deps, connection)).toBe(false);
    expect(await findConnection(db, id)).toMatchObject({ status: 'configured', version: 2 });
    const lent = await access().withAccess(target(), async ({ token }) => token);
    expect(lent).toBe('new');
  });
});

it('an authorization for more ad accounts than a statement has parameters is stored', async () => {
  const advertisers = Array.from({ length: 12_000 }, (_, index) => ({
    advertiser_id: String(7_000_000_000_000_000_000n + BigInt(index)),
    name: `Account ${index}`,
    timezone: null,
    audiences_used: null,
    can_write: null,
  }));
  await storeAuthorization(db, id, {
    accessToken: cipher.encrypt(id, 'token'),
    refreshToken: null,
    tokenExpiresAt: null,
    scopes: [],
    authorizedBy: null,
    advertisers,
    attention: null,
  });
  expect(await advertisersOf(db, [id])).toHaveLength(12_000);
});
