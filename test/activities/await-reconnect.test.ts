import { randomBytes } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { awaitReconnect, recheckConnection } from '../../src/activities/reconnect.js';
import { createConnectionAccess } from '../../src/connections/access.js';
import { createTokenCipher } from '../../src/connections/token-cipher.js';
import { markUnusable, storeAuthorization } from '../../src/database/connections.js';
import type { Database } from '../../src/database/open-database.js';
import { createTikTokClient } from '../../src/tiktok/create-client.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import { freshDatabase, newConnection } from '../database/fresh-database.js';

const rightKey = createTokenCipher({ current: randomBytes(32), previous: null });
const wrongKey = createTokenCipher({ current: randomBytes(32), previous: null });

let db: Database;
let connectionId: string;
beforeEach(async () => {
  db = await freshDatabase();
  connectionId = await newConnection(db);
  await storeAuthorization(db, connectionId, {
    accessToken: rightKey.encrypt(connectionId, 'token'),
    refreshToken: null,
    tokenExpiresAt: null,
    scopes: [],
    authorizedBy: null,
    advertisers: [],
    attention: null,
  });
});

const client = createTikTokClient({ apiUrl: 'http://127.0.0.1:9/', appId: '1', appSecret: 's' });
const app = { client, appId: '1', portalUrl: '' };

/** One look of the slow check, by a worker that is set up so. */
async function look(
  attempt: number,
  cause: string,
  { cipher = rightKey, known = true, recheck = async () => false } = {},
): Promise<unknown> {
  const environments = known ? { live: app, sandbox: app } : { live: null, sandbox: null };
  const access = { ...createConnectionAccess({ db, environments, cipher }), recheck };
  return new MockActivityEnvironment({ attempt }).run(awaitReconnect({ db, access }), {
    connectionId,
    failedVersion: 1,
    cause,
    advertiserId: '7000000000000000001',
  });
}

const details = { code: null, httpStatus: null, requestId: null, endpoint: 'x/', advice: '' };

describe('a signal to a run that waits for a sign-in', () => {
  const signalled = (error: TikTokError) => {
    const access = {
      ...createConnectionAccess({ db, environments: { live: app, sandbox: app }, cipher: rightKey }),
      recheck: () => Promise.reject(error),
    };
    const asked = { connectionId, failedVersion: 1, advertiserId: '7000000000000000001', ask: true };
    return new MockActivityEnvironment().run(recheckConnection({ db, access }), asked);
  };

  it.each(['never', 'once', 'few_times'] as const)(
    'does not end it when TikTok refuses what is repeated %s',
    async (retry) => {
      expect(await signalled(new TikTokError('invalid', 'refused', { ...details, retry }))).toBe(false);
    },
  );

  it('asks again when TikTok does not answer', async () => {
    await expect(signalled(new TikTokError('transient', 'no answer', details))).rejects.toThrow('no answer');
  });
});

describe('a run that waits for what only the operator can mend', () => {
  it.each(['token_unreadable', 'environment_missing'])(
    'goes on by itself once %s is mended',
    async (cause) => {
      await expect(look(2, cause, { cipher: wrongKey })).rejects.toThrow();
      await expect(look(3, cause, { known: false })).rejects.toThrow();
      await expect(look(4, cause)).resolves.toBeUndefined();
    },
  );

  it('does not go round between workers that are set up differently: the first look is no proof', async () => {
    await expect(look(1, 'token_unreadable')).rejects.toThrow();
  });

  it('waits for a sign-in all the same when that is what is missing', async () => {
    await expect(look(9, 'advertiser_not_granted')).rejects.toThrow();
  });
});

describe('a run that waits for a right which was given back without a new sign-in', () => {
  const answers = (answer: boolean) => ({ recheck: async () => answer });

  it('goes on when the connection works by now and TikTok lets it act for its ad account', async () => {
    await expect(look(8, 'reconnect_tiktok', answers(false))).rejects.toThrow('Nobody has signed in');
    await expect(look(9, 'reconnect_tiktok', answers(true))).resolves.toBeUndefined();
  });

  it('does not ask TikTok in the first half hour, nor while the connection is given up', async () => {
    await expect(look(7, 'reconnect_tiktok', answers(true))).rejects.toThrow();
    await markUnusable(db, connectionId, 1, { code: 'reconnect_tiktok', title: 't', detail: 'd' });
    await expect(look(8, 'reconnect_tiktok', answers(true))).rejects.toThrow();
  });

  it('waits on when TikTok cannot be asked', async () => {
    const recheck = () => Promise.reject(new TikTokError('transient', 'no answer', details));
    await expect(look(8, 'reconnect_tiktok', { recheck })).rejects.toThrow('Nobody has signed in');
  });
});
