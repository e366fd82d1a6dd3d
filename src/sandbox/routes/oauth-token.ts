import { z } from 'zod';
import { type Endpoint, formFields } from '../api-call.js';
import { requireApp } from '../app.js';
import { exchangeAuthCode, refreshToken } from '../authorizations.js';
import { parseFields } from '../checks.js';
import { idField } from '../fields.js';
import { refusals } from '../invented.js';
import { tokenAnswer } from './oauth-access-token.js';

const app = { client_id: idField, client_secret: z.string().min(1) };
const common = z.object({ ...app, grant_type: z.string().min(1) });
const byCode = z.object({ ...app, code: z.string().min(1) });
const byRefreshToken = z.object({ ...app, refresh_token: z.string().min(1) });

/**
 * The twin of `oauth2/access_token/` in the shape of RFC 6749: form or JSON, and an answer whose fields stand beside
 * `code`, `message` and `request_id`.
 */
export const oauthToken: Endpoint = {
  path: 'oauth/token/',
  method: 'POST',
  access: 'none',
  answersAtTopLevel: true,
  async handle(call, { store, clock }) {
    const given = await formFields(call.request);
    const { client_id, client_secret, grant_type } = parseFields(common, given);
    requireApp(store, client_id, client_secret);
    const answer = (token: ReturnType<typeof exchangeAuthCode>) => ({
      ...tokenAnswer(token),
      token_type: 'Bearer',
    });
    switch (grant_type) {
      case 'authorization_code':
        return answer(exchangeAuthCode(store, parseFields(byCode, given).code, clock.now()));
      case 'refresh_token':
        return answer(refreshToken(store, parseFields(byRefreshToken, given).refresh_token, clock.now()));
      default:
        throw refusals.grantType();
    }
  },
};
