import { z } from 'zod';
import { AUDIENCE_STATES } from '../../activation/audience-states.js';
import { PHASES } from '../../activation/phases.js';
import { REJECTION_REASONS } from '../../customer-file/identifiers/rejection-reasons.js';

const count = z.int().min(0);
const time = z.iso.datetime();

const identifierCounts = z.object({
  cells: count,
  sent: count,
  empty: count,
  rejected: z.partialRecord(z.enum(REJECTION_REASONS), count),
  prehashed: count,
});

/** What a person must do before a run or a connection can go on, or should know of a run. */
export const attention = z
  .object({ code: z.string(), title: z.string(), detail: z.string(), url: z.string().nullable() })
  .meta({ id: 'Attention' });

export const WAITING_KINDS = [
  'rate_limit',
  'tiktok_unavailable',
  'matching',
  'audience_busy',
  'storage',
] as const;

/** A run as the API shows it. */
export const activation = z
  .object({
    id: z.string(),
    retryOf: z
      .string()
      .nullable()
      .meta({ description: 'The failed or cancelled run that this one tries again.' }),
    uploadId: z.string(),
    connectionId: z.string(),
    advertiserId: z.string(),
    dryRun: z.boolean(),
    simulation: z
      .boolean()
      .meta({ description: 'The destination is the sandbox: TikTok itself receives nothing.' }),
    normalization: z.string(),
    phase: z.enum(PHASES),
    waiting: z.object({ kind: z.enum(WAITING_KINDS), until: time.nullable() }).nullable(),
    attention: attention.nullable(),
    progress: z.object({
      rowsTotal: count,
      rowsRead: count,
      rowsSent: count,
      rowsRejected: count,
      rowsExcluded: count,
      rowsBlank: count,
      partsTotal: count,
      partsPrepared: count,
      partsUploaded: count,
      bytesTotal: count,
      bytesPrepared: count,
      bytesUploaded: count,
    }),
    identifiers: z.partialRecord(z.enum(['email', 'phone', 'maid']), identifierCounts),
    distinctEstimate: count,
    audience: z.object({
      id: z.string().nullable(),
      name: z.string().nullable(),
      action: z.enum(['create', 'append', 'remove', 'replace']),
      state: z.enum(AUDIENCE_STATES).nullable(),
      matched: count.nullable(),
      matchRate: z
        .object({ estimate: z.number(), matched: count, peopleSent: count, formula: z.string() })
        .nullable()
        .meta({ description: 'How many of the people sent TikTok found, as an estimate with its formula.' }),
      words: z
        .string()
        .nullable()
        .meta({ description: 'What TikTok says of the audience, in its own words.' }),
      caution: z.string().nullable().meta({
        description: 'What the change does to the people who are in the audience now, and how to undo it.',
      }),
      requestId: z
        .string()
        .nullable()
        .meta({ description: "TikTok's id of the request that created or changed the audience." }),
    }),
    prediction: z
      .object({
        calculateType: z
          .string()
          .meta({ description: 'Of every file; a change needs it to be that of the audience.' }),
        files: z.array(z.object({ part: count, rows: count, bytes: count })).meta({
          description: 'What would be uploaded. TikTok takes 500 files at most and recommends fewer than 50.',
        }),
        rows: count,
        bytes: count,
        calls: count.meta({
          description:
            'Calls of TikTok until the audience is created or changed; an app of the level Basic may make 600 a minute to each endpoint.',
        }),
      })
      .nullable()
      .meta({ description: 'What a dry run would send to TikTok, once all parts are prepared.' }),
    failure: z
      .object({
        code: z.string(),
        detail: z.string(),
        help: z.string(),
        requestId: z.string().nullable().meta({ description: "TikTok's id of the call that it refused." }),
      })
      .nullable(),
    links: z.object({
      self: z.string(),
      console: z.string(),
      temporal: z.string().nullable(),
      rejectedRows: z.string(),
    }),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Activation' });

export type Activation = z.infer<typeof activation>;
