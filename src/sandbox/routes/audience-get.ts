import { z } from 'zod';
import { type Endpoint, queryFields } from '../api-call.js';
import { audienceDetails, audienceHistory } from '../audience-view.js';
import { audiencesSeenBy } from '../audiences.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { idField, queryIdsField, queryNumber } from '../fields.js';
import { SCOPES } from '../scopes.js';

const fields = z.object({
  advertiser_id: idField,
  custom_audience_ids: queryIdsField,
  history_size: queryNumber(1, 100).default(100),
});

/** Details and history in the advertiser's time zone. Ids that are unknown are absent from the answer. */
export const audienceGet: Endpoint = {
  path: 'dmp/custom_audience/get/',
  method: 'GET',
  access: SCOPES.readAudiences,
  async handle(call, world) {
    const { advertiser_id, custom_audience_ids, history_size } = parseFields(
      fields,
      queryFields(call.request),
    );
    const { timezone } = requireAdvertiser(world, call, advertiser_id);
    await world.processing.settle();
    const now = world.clock.now();
    const list = audiencesSeenBy(world.store.current, advertiser_id)
      .filter((audience) => custom_audience_ids.includes(audience.audienceId))
      .map((audience) => ({
        audience_details: audienceDetails(audience, { now, timezone, advertiserId: advertiser_id }),
        audience_history: audienceHistory(audience, timezone, history_size),
      }));
    return { list };
  },
};
