import { z } from 'zod';
import { IDENTIFIERS } from '../../customer-file/identifiers/identifier.js';
import { NORMALIZATION_PROFILES } from '../../customer-file/identifiers/profiles.js';

/** TikTok's limit for `custom_audience_name` (Business API v1.3, `dmp/custom_audience/create/`). */
const AUDIENCE_NAME_LENGTH = 128;

/** Ids of TikTok are 64-bit integers in decimal, kept as text because JavaScript would round them. */
const tiktokId = z.string().regex(/^\d{1,20}$/, 'must be an id of TikTok: digits only');

const identifier = z.enum(IDENTIFIERS);

const columnMapping = z.union([
  identifier,
  z.strictObject({
    identifier,
    defaultCountry: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a country by its two capital letters, as DE')
      .optional(),
  }),
]);

export const columnMappings = z
  .record(z.string().min(1), columnMapping)
  .meta({ description: 'By header, or by digits for an index from 0.' });

const createAudience = z.strictObject({
  action: z.literal('create'),
  name: z.string().trim().min(1).max(AUDIENCE_NAME_LENGTH),
  retentionInDays: z.int().min(1).max(365).optional(),
});

const changeAudience = z.strictObject({ action: z.enum(['append', 'remove']), audienceId: tiktokId });

const replaceAudience = z.strictObject({
  action: z.literal('replace'),
  audienceId: tiktokId,
  confirmCurrentSize: z
    .int()
    .min(0)
    .meta({ description: 'The size of the audience that the person saw who asks to replace it.' }),
});

const audienceTarget = z.discriminatedUnion('action', [createAudience, changeAudience, replaceAudience]);

/** Requests, runs and reports stay small enough to be read. */
const MOST_DESTINATIONS = 50;

const destination = z.strictObject({
  connectionId: z.string(),
  advertiserId: tiktokId,
  audience: audienceTarget,
});

/** How the file is read: the same for every destination. */
const reading = {
  columns: columnMappings.optional(),
  normalization: z.enum(NORMALIZATION_PROFILES).optional(),
  include: z
    .array(z.strictObject({ column: z.string().min(1), values: z.array(z.string()).min(1).max(50) }))
    .max(10)
    .optional(),
  rejectedRowLimit: z
    .strictObject({
      percent: z.number().min(0).max(100).optional(),
      onExceeded: z.enum(['fail', 'ask']).optional().meta({
        description:
          'What a run does over the limit. `fail` (default): it ends as soon as that is certain. `ask`: when all rows are read it waits (phase `waiting_for_approval`), its `attention` has the figures, and `approve` lets it publish the other rows.',
      }),
    })
    .optional(),
  dryRun: z.boolean().optional(),
};

/** The body of `POST /v1/activations` for one destination; the multipart form sends it without `uploadId`. */
export const activationRequest = z
  .strictObject({ uploadId: z.string(), ...destination.shape, ...reading })
  .meta({ id: 'ActivationRequest' });

export const formActivationRequest = activationRequest
  .omit({ uploadId: true })
  .meta({ id: 'FormActivationRequest' });

/** The body of `POST /v1/activations` for several destinations: one run each, of one upload. */
export const activationsRequest = z
  .strictObject({
    uploadId: z.string(),
    destinations: z
      .array(destination)
      .min(1)
      .max(MOST_DESTINATIONS)
      .meta({ description: 'Each gets a run of its own; no two may be the same audience.' }),
    ...reading,
  })
  .meta({ id: 'ActivationsRequest' });

export const formActivationsRequest = activationsRequest
  .omit({ uploadId: true })
  .meta({ id: 'FormActivationsRequest' });

export type Destination = z.infer<typeof destination>;
export type ActivationRequest = z.infer<typeof activationRequest>;
export type ActivationsRequest = z.infer<typeof activationsRequest>;
export type FormActivationRequest =
  | z.infer<typeof formActivationRequest>
  | z.infer<typeof formActivationsRequest>;

/** Whether a body asks for several destinations; decides by which schema it is read and how it is answered. */
export function hasDestinations(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'destinations' in body;
}
