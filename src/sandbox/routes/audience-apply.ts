import { z } from 'zod';
import { type Endpoint, jsonFields, queryFields } from '../api-call.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { idField, queryIdsField, queryNumber, timeZoneField } from '../fields.js';
import { pageOf } from '../paging.js';
import { SCOPES } from '../scopes.js';
import { apiTime } from '../times.js';

const common = {
  advertiser_id: idField,
  custom_audience_id: idField,
  adgroup_ids: z.array(idField).min(1),
};
const applyFields = z.discriminatedUnion('action_mode', [
  // "Required when action_mode is Apply."
  z.object({ ...common, action_mode: z.literal('Apply'), usage_mode: z.enum(['Include', 'Exclude']) }),
  z.object({ ...common, action_mode: z.literal('Disconnect') }),
]);

/** Lets ad groups use an audience, or no longer. The sandbox knows no ad groups: any id is one. */
export const audienceApply: Endpoint = {
  path: 'dmp/custom_audience/apply/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const wanted = parseFields(applyFields, await jsonFields(call.request));
    requireAdvertiser(world, call, wanted.advertiser_id);
    const audience = requireOwnAudience(world, wanted.advertiser_id, wanted.custom_audience_id);
    const at = world.clock.now();
    audience.usedBy = audience.usedBy.filter(({ adgroupId }) => !wanted.adgroup_ids.includes(adgroupId));
    audience.lastUsedAt = at;
    if (wanted.action_mode === 'Apply') {
      const { usage_mode } = wanted;
      const uses = wanted.adgroup_ids.map((adgroupId) => ({ adgroupId, usageMode: usage_mode, at }));
      audience.usedBy.push(...uses);
      audience.usageLog.push(...uses);
    }
    world.store.save();
    return {};
  },
};

const logFields = z.object({
  advertiser_id: idField,
  custom_audience_ids: queryIdsField,
  page: queryNumber(1, 1_000_000).default(1),
  page_size: queryNumber(1, 100).default(10),
  timezone: timeZoneField.default('UTC'),
});

/** Every `Apply` of these audiences, newest first. */
export const audienceApplyLog: Endpoint = {
  path: 'dmp/custom_audience/apply/log/',
  method: 'GET',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const wanted = parseFields(logFields, queryFields(call.request));
    requireAdvertiser(world, call, wanted.advertiser_id);
    const uses = wanted.custom_audience_ids.flatMap((id) =>
      requireOwnAudience(world, wanted.advertiser_id, id).usageLog.map((use) => ({ id, ...use })),
    );
    const entries = uses
      .sort((one, other) => other.at - one.at)
      .map(({ id, adgroupId, usageMode, at }) => ({
        audience_id: id,
        adgroup_id: adgroupId,
        adgroup_name: `Ad group ${adgroupId}`,
        usage_mode: usageMode,
        editor: 'open_api',
        action_timestamp: apiTime(at, wanted.timezone),
      }));
    return { advertiser_id: wanted.advertiser_id, ...pageOf(entries, wanted) };
  },
};
