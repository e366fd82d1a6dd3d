import { z } from 'zod';
import { type Endpoint, queryFields } from '../api-call.js';
import { audienceSummary } from '../audience-view.js';
import { audiencesSeenBy } from '../audiences.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { idField, queryIdsField, queryNumber } from '../fields.js';
import { pageOf } from '../paging.js';
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
    const audiences = audiencesSeenBy(world.store.current, advertiser_id)
      .filter((each) => custom_audience_ids?.includes(each.audienceId) ?? true)
      .toReversed();
    const { list, page_info } = pageOf(audiences, { page, page_size });
    return {
      list: list.map((each) => audienceSummary(each, { now, advertiserId: advertiser_id })),
      page_info,
    };
  },
};
