import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { requireAppOfToken } from '../app.js';
import { revokeToken } from '../authorizations.js';
import { parseFields, requireToken } from '../checks.js';
import { idField } from '../fields.js';

const fields = z.object({ app_id: idField, secret: z.string().min(1), access_token: z.string().min(1) });

export const oauthRevokeToken: Endpoint = {
  path: 'oauth2/revoke_token/',
  method: 'POST',
  access: 'token',
  async handle(call, { store, clock }) {
    const { app_id, secret, access_token } = parseFields(fields, await jsonFields(call.request));
    requireAppOfToken(app_id, secret);
    const token = requireToken(store, access_token, clock.now());
    revokeToken(store, token);
    return { app_id, advertiser_ids: token.advertiserIds };
  },
};
