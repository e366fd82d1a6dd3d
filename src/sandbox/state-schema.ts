import { z } from 'zod';
import { faultSchema } from './fault.js';
import { DEFAULT_SETTINGS, settingsSchema } from './settings.js';

// Fields with a default came later: a folder that was used before has none of them.

/** Times are milliseconds of the sandbox's clock. */
const time = z.number();

const grant = z.object({
  advertiserIds: z.array(z.string()),
  scopes: z.array(z.string()),
  issuedAt: time,
});

const authCode = grant.extend({ used: z.boolean() });
const token = grant.extend({
  revoked: z.boolean(),
  /** Null: a long-term token. */
  expiresAt: time.nullable().default(null),
});
/** `tokenKey`: the digest of the access token that was given with it. */
const refreshToken = z.object({ tokenKey: z.string(), expiresAt: time });

const storedFile = z.object({
  filePath: z.string(),
  advertiserId: z.string(),
  calculateType: z.string(),
  /** What the caller named it; empty for what the sandbox made itself. */
  fileName: z.string().default(''),
  size: z.number(),
  md5: z.string(),
  lines: z.number(),
  goodValues: z.number(),
  badValues: z.number(),
  emptyValues: z.number(),
  uploadedAt: time,
  /** From then on the API does not know it. */
  forgottenAt: time.nullable().default(null),
});

const operation = z.object({
  action: z.enum(['CREATE', 'APPEND', 'REMOVE', 'REPLACE']),
  filePaths: z.array(z.string()),
  state: z.enum(['processing', 'applied', 'failed']),
  acceptedAt: time,
  /** People matched once it was processed. */
  matched: z.number().nullable(),
  message: z.string().nullable(),
});

const usage = z.object({ adgroupId: z.string(), usageMode: z.enum(['Include', 'Exclude']), at: time });

const audience = z.object({
  audienceId: z.string(),
  name: z.string(),
  advertiserId: z.string(),
  type: z.enum(['Customer File Audience', 'Lookalike Audience', 'Partner']).default('Customer File Audience'),
  calculateType: z.string().nullable(),
  subType: z.enum(['NORMAL', 'REACH_FREQUENCY']),
  retentionInDays: z.number().nullable(),
  enhancement: z.boolean(),
  createdAt: time,
  operations: z.array(operation),
  renamedAt: z.array(time),
  /** Of the content as last processed: distinct identifiers, and people matched. */
  members: z.number(),
  matched: z.number(),
  /** Whether the content as last processed reaches the minimum. */
  usable: z.boolean(),
  errorMessage: z.string().nullable(),
  /** Of a lookalike audience, as it was sent. */
  lookalikeSpec: z.record(z.string(), z.unknown()).nullable().default(null),
  /** Ad groups that use it now; the log holds every `Apply` ever. */
  usedBy: z.array(usage).default([]),
  usageLog: z.array(usage).default([]),
  lastUsedAt: time.nullable().default(null),
  sharedWith: z.array(z.string()).default([]),
  /** When a test let it expire, whatever its retention and use. */
  expiredAt: time.nullable().default(null),
});

const rateCounter = z.object({
  endpoint: z.string(),
  /** Null: of the app. */
  advertiserId: z.string().nullable(),
  second: z.number(),
  inSecond: z.number(),
  minute: z.number(),
  inMinute: z.number(),
  day: z.number(),
  inDay: z.number(),
  mostInSecond: z.number(),
  mostInMinute: z.number(),
  blockedUntil: time,
});

const rateViolation = z.object({
  endpoint: z.string(),
  advertiserId: z.string().nullable(),
  /** `blocked`: called while an earlier breach still blocked the endpoint. */
  limit: z.enum(['qps', 'qpm', 'qpd', 'advertiserQps', 'blocked']),
  count: z.number(),
  lastAt: time,
});

export const stateSchema = z.object({
  settings: z
    .record(z.string(), z.unknown())
    .transform((stored) => settingsSchema.parse({ ...DEFAULT_SETTINGS, ...stored })),
  clockOffsetMs: z.number(),
  nextAudienceId: z.number(),
  appScopes: z.array(z.string()),
  /** By the SHA-256 of the code or token: neither stands in the file. */
  authCodes: z.record(z.string(), authCode),
  tokens: z.record(z.string(), token),
  refreshTokens: z.record(z.string(), refreshToken).default({}),
  files: z.record(z.string(), storedFile),
  audiences: z.array(audience),
  faults: z.array(faultSchema),
  rateCounters: z.record(z.string(), rateCounter).catch({}),
  rateViolations: z.array(rateViolation).default([]),
});

export type State = z.infer<typeof stateSchema>;
export type Token = z.infer<typeof token>;
export type StoredFile = z.infer<typeof storedFile>;
export type Operation = z.infer<typeof operation>;
export type Audience = z.infer<typeof audience>;
export type RateCounter = z.infer<typeof rateCounter>;
export type RateViolation = z.infer<typeof rateViolation>;
