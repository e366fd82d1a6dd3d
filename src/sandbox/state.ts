import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_AUDIENCE_ID } from './invented.js';
import { ALL_SCOPES } from './scopes.js';
import type { Settings } from './settings.js';
import { type State, stateSchema } from './state-schema.js';

function freshState(settings: Settings): State {
  return {
    settings,
    clockOffsetMs: 0,
    nextAudienceId: FIRST_AUDIENCE_ID,
    appScopes: [...ALL_SCOPES],
    authCodes: {},
    tokens: {},
    refreshTokens: {},
    files: {},
    audiences: [],
    faults: [],
    rateCounters: {},
    rateViolations: [],
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

  /** Where the bytes of an uploaded file lie, exactly as received, until nobody needs them. */
  bytesOf(filePath: string): string {
    return join(this.#filesDir, filePath);
  }

  hasBytes(filePath: string): boolean {
    return existsSync(this.bytesOf(filePath));
  }

  /** The paths whose bytes are here. Other names in the folder are none of ours. */
  heldFiles(): string[] {
    return readdirSync(this.#filesDir).filter((name) => /^[0-9a-f]{16}$/.test(name));
  }

  deleteBytes(filePath: string): void {
    rmSync(this.bytesOf(filePath), { force: true });
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
