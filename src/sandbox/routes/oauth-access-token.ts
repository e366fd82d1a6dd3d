import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { requireApp } from '../app.js';
import { exchangeAuthCode, type IssuedToken } from '../authorizations.js';
import { parseFields } from '../checks.js';
import { idField } from '../fields.js';

const fields = z.object({
  app_id: idField,
  secret: z.string().min(1),
  auth_code: z.string().min(1),
  return_advertiser_ids: z.boolean().default(true),
});

/** A token as every endpoint writes it that gives one out. A long-term token has nothing beside it that could refresh it. */
export function tokenAnswer({ accessToken, grant, refreshable }: IssuedToken) {
  return {
    access_token: accessToken,
    advertiser_ids: grant.advertiserIds,
    // "scope: number[]", of which some have more digits than a JavaScript number holds.
    scope: grant.scopes.map(BigInt),
    ...(refreshable === null
      ? {}
      : {
          expires_in: refreshable.expiresIn,
          refresh_token: refreshable.refreshToken,
          refresh_token_expires_in: refreshable.refreshExpiresIn,
        }),
  };
}

/** A code against a token. */
export const oauthAccessToken: Endpoint = {
  path: 'oauth2/access_token/',
  method: 'POST',
  access: 'none',
  async handle(call, { store, clock }) {
    const { app_id, secret, auth_code, return_advertiser_ids } = parseFields(
      fields,
      await jsonFields(call.request),
    );
    requireApp(store, app_id, secret);
    const answer = tokenAnswer(exchangeAuthCode(store, auth_code, clock.now()));
    return return_advertiser_ids ? answer : { ...answer, advertiser_ids: [] };
  },
};
