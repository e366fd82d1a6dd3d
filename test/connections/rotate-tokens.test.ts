import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rotateTokens } from '../../src/connections/rotate-tokens.js';
import { encryptTokens, refreshOf } from '../../src/connections/stored-tokens.js';
import { createTokenCipher, type TokenCipher } from '../../src/connections/token-cipher.js';
import { findConnection, insertConnection, storeAuthorization } from '../../src/database/connections.js';
import { newId } from '../../src/database/ids.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const program = fileURLToPath(new URL('../../dist/rotate-key.js', import.meta.url));
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const before = createTokenCipher({ current: oldKey, previous: null });
const both = createTokenCipher({ current: newKey, previous: oldKey });
const after = createTokenCipher({ current: newKey, previous: null });

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.url, () => undefined);
  await migrate(db);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

async function authorized(cipher: TokenCipher, token: string, known?: string): Promise<string> {
  const id = known ?? newId('con');
  if (known === undefined) {
    await insertConnection(db, {
      id,
      platform: 'tiktok-customer-file',
      name: null,
      environment: 'live',
    });
  }
  const refresh = { refreshToken: `refresh of ${token}`, expiresInSeconds: 86_400 };
  await storeAuthorization(db, id, {
    ...encryptTokens(cipher, id, token, refresh),
    scopes: [],
    authorizedBy: null,
    advertisers: [],
    attention: null,
  });
  return id;
}

async function tokensOf(id: string, cipher: TokenCipher): Promise<string[]> {
  const row = await findConnection(db, id);
  if (row?.access_token == null || row.refresh_token === null) throw new Error('there are no tokens');
  return [cipher.decrypt(id, row.access_token), cipher.decrypt(refreshOf(id), row.refresh_token)];
}

it('the command encrypts every token anew, once, and names those that open with neither key', async () => {
  const ids = await Promise.all(['one', 'two', 'three'].map((token) => authorized(before, token)));
  const lost = await authorized(createTokenCipher({ current: randomBytes(32), previous: null }), 'lost');
  const environment = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: newKey.toString('base64'),
    ENCRYPTION_KEY_PREVIOUS: oldKey.toString('base64'),
  };
  const run = () =>
    promisify(execFile)(process.execPath, [program], { env: environment }).catch(
      (error: { code: number; stdout: string }) => error,
    );
  const first = await run();
  expect(first).toMatchObject({ code: 1, stdout: expect.stringContaining('new key: 3.') });
  expect(first.stdout).toContain(lost);
  expect(await tokensOf(ids[0] ?? '', after)).toEqual(['one', 'refresh of one']);

  await db.deleteFrom('connections').where('id', '=', lost).execute();
  const second = await run();
  expect(second.stdout).toContain('new key: 0. Had it already: 3.');
  expect(second.stdout).toContain('needed no more');
  expect('code' in second).toBe(false);
});

it('it may run twice at once, and beside sign-ins of processes that still write with the previous key', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => authorized(before, `token ${n}`)));
  const signIns = ids.map((id, n) => authorized(before, `newer ${n}`, id));
  await Promise.all([rotateTokens(db, both), rotateTokens(db, both), ...signIns]);
  // Whatever was written in between is found by the next one.
  expect(await rotateTokens(db, both)).toMatchObject({ unreadable: [] });
  expect(await rotateTokens(db, both)).toMatchObject({ renewed: 0, unreadable: [] });
  for (const [n, id] of ids.entries())
    expect(await tokensOf(id, after)).toEqual([`newer ${n}`, `refresh of newer ${n}`]);
});
