import { Readable } from 'node:stream';
import type { TikTokClient } from '../../src/tiktok/client.js';

export const TOKEN = '0123456789abcdef0123456789abcdef01234567';
export const APP_SECRET = 'app-secret-kept-private';
export const AUTH_CODE = 'fedcba9876543210fedcba9876543210fedcba98';
export const REFRESH_TOKEN = 'abcdef0123456789abcdef0123456789abcdef01';
export const ADVERTISER = '7000000000000000001';

export interface NamedCall {
  readonly name: string;
  readonly endpoint: string;
  readonly method: 'GET' | 'POST';
  readonly run: (client: TikTokClient, signal?: AbortSignal) => Promise<unknown>;
}

/** Each of the client's calls once, with plausible arguments. */
export const EVERY_CALL: readonly NamedCall[] = [
  {
    name: 'exchangeAuthCode',
    endpoint: 'oauth2/access_token/',
    method: 'POST',
    run: (client, signal) => client.exchangeAuthCode(AUTH_CODE, signal),
  },
  {
    name: 'refreshAccessToken',
    endpoint: 'oauth2/refresh_token/',
    method: 'POST',
    run: (client, signal) => client.refreshAccessToken(REFRESH_TOKEN, signal),
  },
  {
    name: 'revokeToken',
    endpoint: 'oauth2/revoke_token/',
    method: 'POST',
    run: (client, signal) => client.revokeToken(TOKEN, signal),
  },
  {
    name: 'authorizingUser',
    endpoint: 'user/info/',
    method: 'GET',
    run: (client, signal) => client.authorizingUser(TOKEN, signal),
  },
  {
    name: 'authorizedAdvertisers',
    endpoint: 'oauth2/advertiser/get/',
    method: 'GET',
    run: (client, signal) => client.authorizedAdvertisers(TOKEN, signal),
  },
  {
    name: 'advertiserInfo',
    endpoint: 'advertiser/info/',
    method: 'GET',
    run: (client, signal) => client.advertiserInfo(TOKEN, [ADVERTISER], signal),
  },
  {
    name: 'uploadFile',
    endpoint: 'dmp/custom_audience/file/upload/',
    method: 'POST',
    run: (client, signal) => client.uploadFile(TOKEN, smallFile(), signal),
  },
  {
    name: 'createAudience',
    endpoint: 'dmp/custom_audience/create/',
    method: 'POST',
    run: (client, signal) =>
      client.createAudience(
        TOKEN,
        {
          advertiserId: ADVERTISER,
          name: 'Buyers',
          filePaths: ['f19fa450136c460f'],
          calculateType: 'EMAIL_SHA256',
        },
        signal,
      ),
  },
  {
    name: 'updateAudience',
    endpoint: 'dmp/custom_audience/update/',
    method: 'POST',
    run: (client, signal) =>
      client.updateAudience(
        TOKEN,
        {
          advertiserId: ADVERTISER,
          audienceId: '195365792',
          action: 'APPEND',
          filePaths: ['f19fa450136c460f'],
        },
        signal,
      ),
  },
  {
    name: 'renameAudience',
    endpoint: 'dmp/custom_audience/update/',
    method: 'POST',
    run: (client, signal) =>
      client.renameAudience(
        TOKEN,
        { advertiserId: ADVERTISER, audienceId: '195365792', name: 'Buyers' },
        signal,
      ),
  },
  {
    name: 'deleteAudiences',
    endpoint: 'dmp/custom_audience/delete/',
    method: 'POST',
    run: (client, signal) => client.deleteAudiences(TOKEN, ADVERTISER, ['195365792'], signal),
  },
  {
    name: 'getAudiences',
    endpoint: 'dmp/custom_audience/get/',
    method: 'GET',
    run: (client, signal) => client.getAudiences(TOKEN, ADVERTISER, ['195365792'], signal),
  },
  {
    name: 'listAudiences',
    endpoint: 'dmp/custom_audience/list/',
    method: 'GET',
    run: (client, signal) => client.listAudiences(TOKEN, ADVERTISER, 1, signal),
  },
];

export function smallFile() {
  const bytes = Buffer.from('a\nb\n');
  return {
    advertiserId: ADVERTISER,
    calculateType: 'EMAIL_SHA256',
    fileName: 'part-0001.csv',
    size: bytes.length,
    md5: '60b725f10c9c85c70d97880dfe8191b3',
    open: async () => Readable.from([bytes]),
  };
}

/** What the promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the call succeeded');
}
