import { z } from 'zod';
import { type Endpoint, formFields } from '../api-call.js';
import { requireApp } from '../app.js';
import { refreshToken } from '../authorizations.js';
import { parseFields } from '../checks.js';
import { idField } from '../fields.js';
import { refusals } from '../invented.js';
import { tokenAnswer } from './oauth-access-token.js';

const creatorFields = z.object({
  client_id: idField,
  client_secret: z.string().min(1),
  grant_type: z.string().default('refresh_token'),
  refresh_token: z.string().min(1),
});

/** Documented for the tokens of creators, which expire. A long-term token of this API has nothing to give here: 40107. */
export const creatorOauthRefresh: Endpoint = {
  path: 'tt_user/oauth2/refresh_token/',
  method: 'POST',
  access: 'none',
  async handle(call, { store, clock }) {
    const given = parseFields(creatorFields, await formFields(call.request));
    requireApp(store, given.client_id, given.client_secret);
    if (given.grant_type !== 'refresh_token') throw refusals.grantType();
    return tokenAnswer(refreshToken(store, given.refresh_token, clock.now()));
  },
};

const fields = z.object({
  app_id: idField,
  secret: z.string().min(1),
  refresh_token: z.string().min(1),
});

/** Of older versions of the API; version 1.3 has it only where tokens expire, which is a setting of the sandbox. */
export const oauthRefresh: Endpoint = {
  path: 'oauth2/refresh_token/',
  method: 'POST',
  access: 'none',
  async handle(call, { store, clock }) {
    if (store.current.settings.tokenLifetimes === null) throw refusals.unknownRoute();
    const given = parseFields(fields, await formFields(call.request));
    requireApp(store, given.app_id, given.secret);
    return tokenAnswer(refreshToken(store, given.refresh_token, clock.now()));
  },
};
