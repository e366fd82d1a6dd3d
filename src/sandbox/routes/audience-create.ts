import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { audienceNameField, audienceTypeField, filePathsField, idField, subTypeField } from '../fields.js';
import { refusals } from '../invented.js';
import { SCOPES } from '../scopes.js';
import { checkTypes, usableFiles } from '../uploaded-files.js';

/** "400 audiences per advertiser." */
const MOST_AUDIENCES = 400;

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
    requireAdvertiser(world, call, wanted.advertiser_id);
    const state = world.store.current;
    const own = state.audiences.filter((audience) => audience.advertiserId === wanted.advertiser_id);
    if (own.length >= MOST_AUDIENCES) throw refusals.audienceLimit(MOST_AUDIENCES);
    checkTypes(world, usableFiles(world, wanted.advertiser_id, wanted.file_paths), wanted.calculate_type);

    const now = world.clock.now();
    const audienceId = String(state.nextAudienceId);
    state.nextAudienceId += 1;
    state.audiences.push({
      audienceId,
      name: wanted.custom_audience_name,
      advertiserId: wanted.advertiser_id,
      calculateType: wanted.calculate_type,
      subType: wanted.audience_sub_type,
      retentionInDays: wanted.retention_in_days ?? null,
      enhancement: wanted.audience_enhancement,
      createdAt: now,
      operations: [
        {
          action: 'CREATE',
          filePaths: wanted.file_paths,
          state: 'processing',
          acceptedAt: now,
          matched: null,
          message: null,
        },
      ],
      renamedAt: [],
      members: 0,
      matched: 0,
      usable: false,
      errorMessage: null,
    });
    world.store.save();
    return { custom_audience_id: audienceId };
  },
};
