import { z } from 'zod';
import { type Endpoint, queryFields } from '../api-call.js';
import { audienceSummary } from '../audience-view.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { idField, queryIdsField, queryNumber } from '../fields.js';
import { SCOPES } from '../scopes.js';

const fields = z.object({
  advertiser_id: idField,
  custom_audience_ids: queryIdsField.optional(),
  page: queryNumber(1, 1_000_000).default(1),
  page_size: queryNumber(1, 100).default(10),
});

/** A page of the advertiser's audiences, newest first, times in UTC. */
export const audienceList: Endpoint = {
  path: 'dmp/custom_audience/list/',
  method: 'GET',
  access: SCOPES.readAudiences,
  async handle(call, world) {
    const { advertiser_id, custom_audience_ids, page, page_size } = parseFields(
      fields,
      queryFields(call.request),
    );
    requireAdvertiser(world, call, advertiser_id);
    await world.processing.settle();
    const now = world.clock.now();
    // Ids grow: the order of creation, backwards, is the newest first.
    const audiences = world.store.current.audiences
      .filter((each) => each.advertiserId === advertiser_id)
      .filter((each) => custom_audience_ids?.includes(each.audienceId) ?? true)
      .toReversed();
    return {
      list: audiences
        .slice((page - 1) * page_size, page * page_size)
        .map((each) => audienceSummary(each, now)),
      page_info: {
        page,
        page_size,
        total_number: audiences.length,
        total_page: Math.ceil(audiences.length / page_size),
      },
    };
  },
};
