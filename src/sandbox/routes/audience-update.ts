import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { audienceState } from '../audience-view.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { audienceNameField, filePathsField, idField } from '../fields.js';
import { refusals } from '../invented.js';
import { Refusal } from '../refusal.js';
import { SCOPES } from '../scopes.js';
import { checkTypes, usableFiles } from '../uploaded-files.js';

const fields = z.object({
  advertiser_id: idField,
  custom_audience_id: idField,
  custom_audience_name: audienceNameField.optional(),
  file_paths: filePathsField.optional(),
  // "Default REPLACE": whoever forgets it swaps the whole content.
  action: z.enum(['APPEND', 'REMOVE', 'REPLACE']).default('REPLACE'),
  audience_sub_type: z.literal('REACH_FREQUENCY').optional(),
  audience_enhancement: z.boolean().optional(),
});

function notEditable(): Refusal {
  return new Refusal(40002, 'Audience is not editable, please check audience status');
}

/**
 * A change of the files is taken only while the audience is usable and nothing else is being processed, and is processed
 * later; a new name holds at once and always, except on an expired audience, where "only delete works".
 */
export const audienceUpdate: Endpoint = {
  path: 'dmp/custom_audience/update/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const wanted = parseFields(fields, await jsonFields(call.request));
    requireAdvertiser(world, call, wanted.advertiser_id);
    // What is due may make the audience editable, or show that it is too small.
    await world.processing.settle();
    const { store, clock } = world;
    const audience = store.current.audiences.find(
      (each) => each.audienceId === wanted.custom_audience_id && each.advertiserId === wanted.advertiser_id,
    );
    if (audience === undefined) throw refusals.unknownAudience();

    if (wanted.audience_sub_type !== undefined) {
      // "When sent all other changes in the call are ignored."
      audience.subType = wanted.audience_sub_type;
      store.save();
      return {};
    }
    if (wanted.custom_audience_name === undefined && wanted.file_paths === undefined)
      throw refusals.nothingToUpdate();

    const now = clock.now();
    const state = audienceState(audience, now);
    if (state === 'expired') throw notEditable();
    if (wanted.file_paths !== undefined) {
      if (state !== 'ready') throw notEditable();
      checkTypes(world, usableFiles(world, wanted.advertiser_id, wanted.file_paths), audience.calculateType);
      audience.operations.push({
        action: wanted.action,
        filePaths: wanted.file_paths,
        state: 'processing',
        acceptedAt: now,
        matched: null,
        message: null,
      });
    }
    if (wanted.custom_audience_name !== undefined) {
      audience.name = wanted.custom_audience_name;
      audience.renamedAt.push(now);
    }
    audience.enhancement = wanted.audience_enhancement ?? audience.enhancement;
    store.save();
    return {};
  },
};
