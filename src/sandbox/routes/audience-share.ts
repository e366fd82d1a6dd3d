import { z } from 'zod';
import { advertiserById } from '../advertisers.js';
import { type Endpoint, jsonFields, queryFields } from '../api-call.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { idField } from '../fields.js';
import { refusals } from '../invented.js';
import { SCOPES } from '../scopes.js';

/** "Size: 1 to 10." */
const upToTen = z.array(idField).min(1).max(10);

const shareFields = z.object({
  advertiser_id: idField,
  custom_audience_ids: upToTen,
  shared_advertiser_ids: upToTen,
});

/** Shows audiences to other advertisers "in the same Business Center", in which all of the sandbox's are. */
export const audienceShare: Endpoint = {
  path: 'dmp/custom_audience/share/',
  method: 'POST',
  access: SCOPES.shareAudiences,
  async handle(call, world) {
    const wanted = parseFields(shareFields, await jsonFields(call.request));
    requireAdvertiser(world, call, wanted.advertiser_id);
    const audiences = wanted.custom_audience_ids.map((id) =>
      requireOwnAudience(world, wanted.advertiser_id, id),
    );
    const receivers = wanted.shared_advertiser_ids.filter((id) => id !== wanted.advertiser_id);
    if (receivers.some((id) => advertiserById(id) === undefined)) throw refusals.unknownAdvertiser();
    for (const audience of audiences) {
      audience.sharedWith = [...new Set([...audience.sharedWith, ...receivers])];
    }
    world.store.save();
    return {};
  },
};

const cancelFields = z.object({
  advertiser_id: idField,
  custom_audience_id: idField,
  shared_advertiser_id: idField,
});

export const audienceShareCancel: Endpoint = {
  path: 'dmp/custom_audience/share/cancel/',
  method: 'POST',
  access: SCOPES.shareAudiences,
  async handle(call, world) {
    const wanted = parseFields(cancelFields, await jsonFields(call.request));
    requireAdvertiser(world, call, wanted.advertiser_id);
    const audience = requireOwnAudience(world, wanted.advertiser_id, wanted.custom_audience_id);
    audience.sharedWith = audience.sharedWith.filter((id) => id !== wanted.shared_advertiser_id);
    world.store.save();
    return {};
  },
};

const logFields = z.object({ advertiser_id: idField, custom_audience_id: idField });

/** With whom an audience is shared now. */
export const audienceShareLog: Endpoint = {
  path: 'dmp/custom_audience/share/log/',
  method: 'GET',
  access: SCOPES.shareAudiences,
  async handle(call, world) {
    const { advertiser_id, custom_audience_id } = parseFields(logFields, queryFields(call.request));
    requireAdvertiser(world, call, advertiser_id);
    const { sharedWith } = requireOwnAudience(world, advertiser_id, custom_audience_id);
    return {
      list: sharedWith.map((id) => ({
        custom_audience_id,
        shared_advertiser_id: id,
        shared_advertiser_name: advertiserById(id)?.name ?? '',
        status: 'SHARED',
      })),
    };
  },
};
