import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { audienceIdsField, idField } from '../fields.js';
import { refusals } from '../invented.js';
import { SCOPES } from '../scopes.js';
import type { Audience } from '../state.js';

const fields = z.object({ advertiser_id: idField, custom_audience_ids: audienceIdsField });

/** Deletes all of the given audiences, or none when one of them does not exist. */
export const audienceDelete: Endpoint = {
  path: 'dmp/custom_audience/delete/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const { advertiser_id, custom_audience_ids } = parseFields(fields, await jsonFields(call.request));
    requireAdvertiser(world, call, advertiser_id);
    const state = world.store.current;
    const isNamed = (audience: Audience) =>
      audience.advertiserId === advertiser_id && custom_audience_ids.includes(audience.audienceId);
    if (state.audiences.filter(isNamed).length < new Set(custom_audience_ids).size)
      throw refusals.unknownAudience();
    state.audiences = state.audiences.filter((audience) => !isNamed(audience));
    world.store.save();
    return {};
  },
};
