import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { audienceState, takesFiles } from '../audience-state.js';
import { addOperation } from '../audiences.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { audienceNameField, filePathsField, idField } from '../fields.js';
import { refusals } from '../invented.js';
import { Refusal } from '../refusal.js';
import { SCOPES } from '../scopes.js';
import { requireUsableFiles } from '../uploaded-files.js';

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
    const audience = requireOwnAudience(world, wanted.advertiser_id, wanted.custom_audience_id);
    const now = clock.now();

    if (wanted.audience_sub_type !== undefined) {
      // "Not for lookalikes. When sent all other changes in the call are ignored."
      if (audience.type === 'Lookalike Audience') throw refusals.notCustomerFile();
      audience.subType = wanted.audience_sub_type;
      store.save();
      return {};
    }
    if (wanted.custom_audience_name === undefined && wanted.file_paths === undefined)
      throw refusals.nothingToUpdate();
    if (audienceState(audience, now) === 'expired') throw notEditable();
    if (wanted.file_paths !== undefined) {
      if (audience.type !== 'Customer File Audience') throw refusals.notCustomerFile();
      if (!takesFiles(audience, now)) throw notEditable();
      requireUsableFiles(world, wanted.advertiser_id, wanted.file_paths, audience.calculateType);
      addOperation(audience, wanted.action, wanted.file_paths, now);
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
