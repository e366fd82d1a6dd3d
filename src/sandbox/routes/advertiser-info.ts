import { z } from 'zod';
import type { Advertiser } from '../advertisers.js';
import { type Endpoint, queryFields } from '../api-call.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { queryIdsField, queryNamesField } from '../fields.js';
import { SANDBOX_USER } from '../invented.js';
import { SCOPES } from '../scopes.js';

const fields = z.object({ advertiser_ids: queryIdsField, fields: queryNamesField.optional() });

function describe(advertiser: Advertiser): Record<string, unknown> {
  return {
    ...advertiser,
    status: 'STATUS_ENABLE',
    role: 'ROLE_ADVERTISER',
    company: null,
    industry: null,
    address: null,
    balance: 0,
    create_time: SANDBOX_USER.create_time,
    advertiser_account_type: 'AUCTION',
  };
}

export const advertiserInfo: Endpoint = {
  path: 'advertiser/info/',
  method: 'GET',
  access: SCOPES.accountInformation,
  async handle(call, world) {
    const { advertiser_ids, fields: wanted } = parseFields(fields, queryFields(call.request));
    const list = advertiser_ids.map((id) => {
      const described = describe(requireAdvertiser(world, call, id));
      if (wanted === undefined) return described;
      return Object.fromEntries(Object.entries(described).filter(([name]) => wanted.includes(name)));
    });
    return { list };
  },
};
