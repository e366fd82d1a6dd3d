import { z } from 'zod';
import { type Endpoint, jsonFields } from '../api-call.js';
import { addOperation } from '../audiences.js';
import { parseFields, requireAdvertiser, requireOwnAudience } from '../checks.js';
import { idField } from '../fields.js';
import { keepBytes } from '../kept-files.js';
import { SCOPES } from '../scopes.js';

/** The headers of a MULTIPLE_TYPES file that say the same. */
const HEADERS = {
  IDFA_MD5: 'MAID_MD5',
  AAID_MD5: 'MAID_MD5',
  IDFA_SHA256: 'MAID_SHA256',
  AAID_SHA256: 'MAID_SHA256',
  EMAIL_SHA256: 'email_SHA256',
  PHONE_SHA256: 'phone_SHA256',
} as const;

const MOST_USERS = 10_000;

const schemaName = z
  .string()
  .toUpperCase()
  .pipe(z.enum(['IDFA_MD5', 'AAID_MD5', 'IDFA_SHA256', 'AAID_SHA256', 'EMAIL_SHA256', 'PHONE_SHA256']));

const cell = z.union([
  z.object({ id: z.string(), audience_ids: z.array(idField).min(1) }),
  z.strictObject({}).transform(() => null),
]);

const fields = z
  .object({
    advertiser_ids: z.array(idField).min(1),
    action: z.enum(['add', 'delete']).default('add'),
    id_schema: z
      .array(schemaName)
      .min(1)
      .refine((names) => new Set(names).size === names.length),
    batch_data: z.array(z.array(cell)).min(1).max(MOST_USERS),
  })
  .refine(({ id_schema, batch_data }) => batch_data.every((user) => user.length === id_schema.length), {
    path: ['batch_data'],
  });

type Mapping = z.infer<typeof fields>;

/** A value of a hash has no comma and no line break; anything else is one bad value of its column. */
function cellText(id: string): string {
  return /[,\r\n]/.test(id) ? 'bad' : id;
}

/** The users of one audience, as a file of the customer file API would hold them. */
function fileOf({ id_schema, batch_data }: Mapping, audienceId: string): string {
  const rows = batch_data.map((user) =>
    user.map((value) => (value?.audience_ids.includes(audienceId) ? cellText(value.id) : '')).join(','),
  );
  return `${[id_schema.map((name) => HEADERS[name]).join(','), ...rows].join('\n')}\n`;
}

/** Adds users to audiences of the streaming API, or takes them out. Calls for one audience are processed in their order. */
export const segmentMapping: Endpoint = {
  path: 'segment/mapping/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const mapping = parseFields(fields, await jsonFields(call.request));
    for (const advertiserId of mapping.advertiser_ids) requireAdvertiser(world, call, advertiserId);
    const named = mapping.batch_data.flatMap((user) => user.flatMap((value) => value?.audience_ids ?? []));
    const audiences = [...new Set(named)].map((audienceId) => {
      const owner = mapping.advertiser_ids.find((advertiserId) =>
        world.store.current.audiences.some(
          (audience) => audience.audienceId === audienceId && audience.advertiserId === advertiserId,
        ),
      );
      return requireOwnAudience(world, owner ?? '', audienceId);
    });
    const now = world.clock.now();
    for (const audience of audiences) {
      const filePath = await keepBytes(world, fileOf(mapping, audience.audienceId), {
        advertiserId: audience.advertiserId,
        calculateType: 'MULTIPLE_TYPES',
      });
      addOperation(audience, mapping.action === 'add' ? 'APPEND' : 'REMOVE', [filePath], now);
    }
    world.store.save();
    return {};
  },
};
