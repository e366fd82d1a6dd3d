import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { addAudience, addOperation, audiencesOf, MOST_AUDIENCES } from '../audiences.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { audienceNameField, audienceTypeField, filePathsField, idField, subTypeField } from '../fields.js';
import { refusals } from '../invented.js';
import { SCOPES } from '../scopes.js';
import { requireUsableFiles } from '../uploaded-files.js';

const fields = z.object({
  advertiser_id: idField,
  custom_audience_name: audienceNameField,
  file_paths: filePathsField,
  calculate_type: audienceTypeField,
  audience_sub_type: subTypeField.default('NORMAL'),
  retention_in_days: z.number().int().min(1).max(365).optional(),
  audience_enhancement: z.boolean().default(false),
});

/** Answers at once, also for a list that will turn out too small. Names need not differ: the same call makes another. */
export const audienceCreate: Endpoint = {
  path: 'dmp/custom_audience/create/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const wanted = parseFields(fields, await jsonFields(call.request));
    const { advertiser_id, file_paths, calculate_type } = wanted;
    requireAdvertiser(world, call, advertiser_id);
    const state = world.store.current;
    if (audiencesOf(state, advertiser_id).length >= MOST_AUDIENCES)
      throw refusals.audienceLimit(MOST_AUDIENCES);
    if (state.settings.badFilePath === 'refused') {
      requireUsableFiles(world, advertiser_id, file_paths, calculate_type);
    }
    const now = world.clock.now();
    const audience = addAudience(
      state,
      {
        name: wanted.custom_audience_name,
        advertiserId: advertiser_id,
        type: 'Customer File Audience',
        calculateType: calculate_type,
        subType: wanted.audience_sub_type,
        retentionInDays: wanted.retention_in_days ?? null,
        enhancement: wanted.audience_enhancement,
      },
      now,
    );
    addOperation(audience, 'CREATE', file_paths, now);
    world.store.save();
    return { custom_audience_id: audience.audienceId };
  },
};
