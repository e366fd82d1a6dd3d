import { z } from 'zod';
import { advertiserById } from '../advertisers.js';
import { type Endpoint, queryFields } from '../api-call.js';
import { requireAppOfToken } from '../app.js';
import { parseFields } from '../checks.js';
import { idField } from '../fields.js';

const fields = z.object({ app_id: idField, secret: z.string().min(1) });

/** The advertisers of the token, with their names. */
export const oauthAdvertiserGet: Endpoint = {
  path: 'oauth2/advertiser/get/',
  method: 'GET',
  access: 'token',
  async handle(call) {
    const { app_id, secret } = parseFields(fields, queryFields(call.request));
    requireAppOfToken(app_id, secret);
    const ids = call.token?.advertiserIds ?? [];
    return {
      list: ids.map((id) => ({ advertiser_id: id, advertiser_name: advertiserById(id)?.name ?? '' })),
    };
  },
};
