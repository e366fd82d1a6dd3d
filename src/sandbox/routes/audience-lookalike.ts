import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { audienceState } from '../audience-state.js';
import { addAudience, addOperation, audiencesOf, MOST_AUDIENCES } from '../audiences.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { audienceNameField, idField } from '../fields.js';
import { LOOKALIKE_GROWTH, refusals } from '../invented.js';
import { SCOPES } from '../scopes.js';

/** "The size of source audience should be no less than 100." */
const SMALLEST_SOURCE = 100;

const fields = z.object({
  advertiser_id: idField,
  custom_audience_name: audienceNameField,
  lookalike_spec: z.object({
    source_audience_id: idField,
    include_source: z.boolean(),
    mobile_os: z.enum(['ALL', 'ANDROID', 'IOS']),
    placements: z.array(z.string()),
    location_ids: z.array(z.string()).min(1),
    audience_size: z.enum(['NARROW', 'BALANCED', 'BROAD']),
  }),
});

export const audienceLookalike: Endpoint = {
  path: 'dmp/custom_audience/lookalike/create/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const wanted = parseFields(fields, await jsonFields(call.request));
    const { advertiser_id, custom_audience_name: name, lookalike_spec: spec } = wanted;
    requireAdvertiser(world, call, advertiser_id);
    await world.processing.settle();
    const { store, clock } = world;
    if (audiencesOf(store.current, advertiser_id).length >= MOST_AUDIENCES) {
      throw refusals.audienceLimit(MOST_AUDIENCES);
    }
    const now = clock.now();
    const source = requireOwnAudience(world, advertiser_id, spec.source_audience_id);
    // "Source audience cannot be an existing lookalike audience."
    if (
      source.type === 'Lookalike Audience' ||
      audienceState(source, now) !== 'ready' ||
      source.matched < Math.min(SMALLEST_SOURCE, store.current.settings.minimumMatched)
    ) {
      throw refusals.seedTooSmall();
    }
    const similar = source.matched * LOOKALIKE_GROWTH[spec.audience_size];
    const audience = addAudience(
      store.current,
      {
        name,
        advertiserId: advertiser_id,
        type: 'Lookalike Audience',
        calculateType: null,
        lookalikeSpec: spec,
        matched: spec.include_source ? similar + source.matched : similar,
      },
      now,
    );
    addOperation(audience, 'CREATE', [], now);
    store.save();
    return { custom_audience_id: audience.audienceId };
  },
};
