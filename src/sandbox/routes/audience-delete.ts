import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { audienceIdsField, idField } from '../fields.js';
import { SCOPES } from '../scopes.js';
import { deleteAudiences } from '../unneeded-files.js';

const fields = z.object({ advertiser_id: idField, custom_audience_ids: audienceIdsField });

/** Deletes all of the given audiences, or none when one of them does not exist. */
export const audienceDelete: Endpoint = {
  path: 'dmp/custom_audience/delete/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const { advertiser_id, custom_audience_ids } = parseFields(fields, await jsonFields(call.request));
    requireAdvertiser(world, call, advertiser_id);
    const gone = custom_audience_ids.map((id) => requireOwnAudience(world, advertiser_id, id));
    deleteAudiences(world.store, gone, world.clock.now());
    return {};
  },
};
