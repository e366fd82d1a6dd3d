import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { faultSchema } from './fault.js';
import { FIRST_AUDIENCE_ID } from './invented.js';
import { ALL_SCOPES } from './scopes.js';
import { type Settings, settingsSchema } from './settings.js';

/** Times are milliseconds of the sandbox's clock. */
const time = z.number();

const grant = z.object({
  advertiserIds: z.array(z.string()),
  scopes: z.array(z.string()),
  issuedAt: time,
});

const authCode = grant.extend({ used: z.boolean() });
const token = grant.extend({ revoked: z.boolean() });

const storedFile = z.object({
  filePath: z.string(),
  advertiserId: z.string(),
  calculateType: z.string(),
  size: z.number(),
  md5: z.string(),
  lines: z.number(),
  goodValues: z.number(),
  badValues: z.number(),
  emptyValues: z.number(),
  uploadedAt: time,
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

const audience = z.object({
  audienceId: z.string(),
  name: z.string(),
  advertiserId: z.string(),
  calculateType: z.string(),
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
});

const rateCounter = z.object({
  second: z.number(),
  inSecond: z.number(),
  minute: z.number(),
  inMinute: z.number(),
  day: z.number(),
  inDay: z.number(),
  blockedUntil: time,
});

const stateSchema = z.object({
  settings: settingsSchema,
  clockOffsetMs: z.number(),
  nextAudienceId: z.number(),
  appScopes: z.array(z.string()),
  /** By the SHA-256 of the code or token: neither stands in the file. */
  authCodes: z.record(z.string(), authCode),
  tokens: z.record(z.string(), token),
  files: z.record(z.string(), storedFile),
  audiences: z.array(audience),
  faults: z.array(faultSchema),
  rateCounters: z.record(z.string(), rateCounter),
});

export type State = z.infer<typeof stateSchema>;
export type Token = z.infer<typeof token>;
export type StoredFile = z.infer<typeof storedFile>;
export type Operation = z.infer<typeof operation>;
export type Audience = z.infer<typeof audience>;
export type RateCounter = z.infer<typeof rateCounter>;

function freshState(settings: Settings): State {
  return {
    settings,
    clockOffsetMs: 0,
    nextAudienceId: FIRST_AUDIENCE_ID,
    appScopes: [...ALL_SCOPES],
    authCodes: {},
    tokens: {},
    files: {},
    audiences: [],
    faults: [],
    rateCounters: {},
  };
}

function readState(path: string): State | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return stateSchema.parse(JSON.parse(text));
}

/**
 * What the sandbox remembers, in one folder: `state.json`, the uploaded bytes in `files/`, half-received uploads in
 * `incoming/`. `current` is changed in place by the routes, and `save` is called before a change is answered. It is
 * synchronous and replaces the file by renaming: after a kill -9 the file is that of the last answered change, or newer.
 */
export class StateStore {
  readonly incomingDir: string;
  readonly #filesDir: string;
  readonly #path: string;
  readonly #initialSettings: Settings;
  #current: State;

  /** @param settings hold at the first start and after a reset; a folder with a state keeps its own. */
  constructor(dataDir: string, settings: Settings) {
    this.#filesDir = join(dataDir, 'files');
    this.incomingDir = join(dataDir, 'incoming');
    this.#path = join(dataDir, 'state.json');
    this.#initialSettings = settings;
    // What was being received when the process ended was never answered.
    rmSync(this.incomingDir, { recursive: true, force: true });
    this.#makeFolders();
    this.#current = readState(this.#path) ?? freshState(structuredClone(settings));
  }

  get current(): State {
    return this.#current;
  }

  /** Where the bytes of an uploaded file lie, exactly as received. They stay when the file expires for the API. */
  bytesOf(filePath: string): string {
    return join(this.#filesDir, filePath);
  }

  save(): void {
    const temporary = `${this.#path}.tmp`;
    writeFileSync(temporary, JSON.stringify(this.#current));
    renameSync(temporary, this.#path);
  }

  /** Everything as at the first start, with the settings given there. */
  reset(): void {
    this.#current = freshState(structuredClone(this.#initialSettings));
    this.save();
    rmSync(this.#filesDir, { recursive: true, force: true });
    this.#makeFolders();
  }

  #makeFolders(): void {
    mkdirSync(this.#filesDir, { recursive: true });
    mkdirSync(this.incomingDir, { recursive: true });
  }
}
