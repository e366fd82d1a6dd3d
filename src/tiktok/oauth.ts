import { z } from 'zod';
import { batchesOf } from './batches.js';
import type {
  AdvertiserInfo,
  AuthorizedAdvertiser,
  AuthorizingUser,
  RefreshableToken,
  TikTokClient,
} from './client.js';
import { id, nothing, text } from './fields.js';
import type { Transport } from './transport.js';

/** The developer app that users authorize. */
export interface TikTokApp {
  readonly id: string;
  readonly secret: string;
}

/**
 * The page on which a user authorizes the app for his advertisers. There is no scope parameter: the scopes are those
 * of the app, and the user may grant fewer.
 *
 * @param request.portalUrl as `https://business-api.tiktok.com/portal/auth`
 * @param request.redirectUri one of those registered for the app
 * @param request.state comes back with the redirect, unchanged
 */
export function authorizationUrl(request: {
  readonly portalUrl: string;
  readonly appId: string;
  readonly redirectUri: string;
  readonly state: string;
}): string {
  const url = new URL(request.portalUrl);
  url.searchParams.set('app_id', request.appId);
  url.searchParams.set('redirect_uri', request.redirectUri);
  url.searchParams.set('state', request.state);
  return url.href;
}

type OAuthCalls = Pick<
  TikTokClient,
  | 'exchangeAuthCode'
  | 'refreshAccessToken'
  | 'revokeToken'
  | 'authorizingUser'
  | 'authorizedAdvertisers'
  | 'advertiserInfo'
>;

const grant = z.object({
  access_token: z.string().min(1),
  // Left out by TikTok on request only; the names come from `oauth2/advertiser/get/` in any case.
  advertiser_ids: z.array(id).nullish(),
  scope: z.array(id),
  // Not with the long-term token of the Marketing API; other styles of TikTok's tokens come with both.
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.int().nullish(),
});
const refreshed = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.int().positive(),
});
const user = z.object({ core_user_id: id.nullish(), display_name: text });
const advertisers = z.object({ list: z.array(z.object({ advertiser_id: id, advertiser_name: text })) });
const advertiserInfos = z.object({
  list: z.array(z.object({ advertiser_id: id, name: text, timezone: text, status: text })),
});

/**
 * The calls about an authorization. The Marketing API's token does not expire and comes without a refresh token. Other
 * tokens of TikTok do, and `oauth2/refresh_token/` is where its earlier versions refreshed them.
 */
export function oauthCalls(call: Transport, app: TikTokApp): OAuthCalls {
  return {
    async exchangeAuthCode(authCode, signal) {
      const { data } = await call({
        method: 'POST',
        endpoint: 'oauth2/access_token/',
        token: null,
        advertiserId: null,
        json: { app_id: app.id, secret: app.secret, auth_code: authCode },
        secret: authCode,
        data: grant,
        signal,
      });
      return {
        accessToken: data.access_token,
        advertiserIds: data.advertiser_ids ?? [],
        scopes: data.scope,
        refresh: refreshOf(data),
      };
    },

    async refreshAccessToken(refreshToken, signal) {
      const { data } = await call({
        method: 'POST',
        endpoint: 'oauth2/refresh_token/',
        token: null,
        advertiserId: null,
        json: {
          app_id: app.id,
          secret: app.secret,
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
        },
        secret: refreshToken,
        data: refreshed,
        signal,
      });
      return {
        accessToken: data.access_token,
        refreshToken: data.refresh_token,
        expiresInSeconds: data.expires_in,
      };
    },

    async revokeToken(token, signal) {
      await call({
        method: 'POST',
        endpoint: 'oauth2/revoke_token/',
        token,
        advertiserId: null,
        json: { app_id: app.id, secret: app.secret, access_token: token },
        data: nothing,
        signal,
      });
    },

    async authorizingUser(token, signal): Promise<AuthorizingUser> {
      const { data } = await call({
        method: 'GET',
        endpoint: 'user/info/',
        token,
        advertiserId: null,
        data: user,
        signal,
      });
      return { id: data.core_user_id ?? null, displayName: data.display_name };
    },

    async authorizedAdvertisers(token, signal): Promise<readonly AuthorizedAdvertiser[]> {
      const { data } = await call({
        method: 'GET',
        endpoint: 'oauth2/advertiser/get/',
        token,
        advertiserId: null,
        // The one call for which TikTok wants the secret in the address.
        query: { app_id: app.id, secret: app.secret },
        data: advertisers,
        signal,
      });
      return data.list.map((item) => ({
        id: item.advertiser_id,
        name: item.advertiser_name ?? item.advertiser_id,
      }));
    },

    async advertiserInfo(token, ids, signal) {
      const infos: AdvertiserInfo[] = [];
      for (const batch of batchesOf(ids)) {
        const { data } = await call({
          method: 'GET',
          endpoint: 'advertiser/info/',
          token,
          advertiserId: null,
          // Without `fields` TikTok adds balance, address and telephone, which nobody here needs to know.
          query: { advertiser_ids: batch, fields: ['advertiser_id', 'name', 'timezone', 'status'] },
          data: advertiserInfos,
          signal,
        });
        for (const { advertiser_id, name, timezone, status } of data.list) {
          infos.push({ id: advertiser_id, name: name ?? advertiser_id, timezone, status });
        }
      }
      return infos;
    },
  };
}

function refreshOf({ refresh_token, expires_in }: z.infer<typeof grant>): RefreshableToken | null {
  const lasts = expires_in === null || expires_in === undefined || expires_in <= 0;
  if (lasts || refresh_token === null || refresh_token === undefined) return null;
  return { refreshToken: refresh_token, expiresInSeconds: expires_in };
}
