import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { addAudience, audiencesOf, MOST_AUDIENCES } from '../audiences.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { idField } from '../fields.js';
import { refusals } from '../invented.js';
import { SCOPES } from '../scopes.js';
import { deleteAudiences } from '../unneeded-files.js';

/** "More than 70 characters are cut to 67 and three dots." */
const LONGEST_NAME = 70;
const DOTS = '...';

const actionField = z.object({ action: z.enum(['create', 'delete']).default('create') });
const createFields = z.object({ advertiser_id: idField, custom_audience_name: z.string().min(1) });
const deleteFields = z.object({ advertiser_id: idField, delete_audience_id: idField });

/** Makes or deletes an audience of the streaming API. TikTok's page prints the id as a number; live it is a string. */
export const segmentAudience: Endpoint = {
  path: 'segment/audience/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const given = await jsonFields(call.request);
    const { store, clock } = world;
    if (parseFields(actionField, given).action === 'delete') {
      const { advertiser_id, delete_audience_id } = parseFields(deleteFields, given);
      requireAdvertiser(world, call, advertiser_id);
      const gone = requireOwnAudience(world, advertiser_id, delete_audience_id);
      deleteAudiences(store, [gone], clock.now());
      return { audience_id: delete_audience_id };
    }
    const { advertiser_id, custom_audience_name } = parseFields(createFields, given);
    requireAdvertiser(world, call, advertiser_id);
    if (audiencesOf(store.current, advertiser_id).length >= MOST_AUDIENCES) {
      throw refusals.audienceLimit(MOST_AUDIENCES);
    }
    const name =
      custom_audience_name.length > LONGEST_NAME
        ? custom_audience_name.slice(0, LONGEST_NAME - DOTS.length) + DOTS
        : custom_audience_name;
    const { audienceId } = addAudience(
      store.current,
      { name, advertiserId: advertiser_id, type: 'Partner', calculateType: 'MULTIPLE_TYPES' },
      clock.now(),
    );
    store.save();
    return { audience_id: audienceId };
  },
};
