import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { requireApp } from '../app.js';
import { exchangeAuthCode } from '../authorizations.js';
import { parseFields } from '../checks.js';
import { idField } from '../fields.js';
import { Refusal } from '../refusal.js';

const fields = z.object({
  app_id: idField,
  secret: z.string().min(1),
  auth_code: z.string().min(1),
  return_advertiser_ids: z.boolean().default(true),
});

/** A code against a long-term token, which has no refresh token beside it. */
export const oauthAccessToken: Endpoint = {
  path: 'oauth2/access_token/',
  method: 'POST',
  access: 'none',
  async handle(call, { store, clock }) {
    const { app_id, secret, auth_code, return_advertiser_ids } = parseFields(
      fields,
      await jsonFields(call.request),
    );
    requireApp(app_id, secret);
    const exchanged = exchangeAuthCode(store, auth_code, clock.now());
    if (exchanged === null) {
      throw new Refusal(
        40110,
        'The auth_code is canceled. Please re-authorize and try again with a new auth_code.',
      );
    }
    const { accessToken, grant } = exchanged;
    return {
      access_token: accessToken,
      advertiser_ids: return_advertiser_ids ? grant.advertiserIds : [],
      // "scope: number[]", of which some have more digits than a JavaScript number holds.
      scope: grant.scopes.map(BigInt),
    };
  },
};
