import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { partKey } from '../../src/activation/object-keys.js';

/** Where the work of a stack can be seen from outside. */
export interface WorkPlaces {
  readonly databaseUrl: string;
  /** The sandbox's address. */
  readonly sandbox: string;
  /** The folder of the object store. */
  readonly storage: string;
}

const uploadedFiles = z.array(z.object({ file_name: z.string(), file_path: z.string() }));

interface Look {
  /** Parts that a run is preparing, or whose upload may be under way. */
  readonly inFlight: readonly string[];
  readonly prepared: readonly { name: string; key: string }[];
  readonly uploaded: readonly { name: string; fileName: string; filePath: string }[];
}

/**
 * Watches whether a part that was finished is done again: its file in the store is published a second time, or TikTok
 * gets one more file of it after the one that was recorded. Neither says so in the database, where the first record
 * stands.
 *
 * An attempt that was in flight when its worker was stopped, or cut off from Temporal, can end after another one has
 * finished its part. So such a part may be repeated once for each time; `look` is told when that is about to begin.
 */
export class FinishedParts {
  readonly #places: WorkPlaces;
  /** What the file of each finished part was at the last look. */
  readonly #files = new Map<string, string>();
  readonly #uploaded = new Set<string>();
  readonly #changes = new Map<string, number>();
  readonly #allowed = new Map<string, number>();
  /** Interruptions since the last look that could not see what was in flight. */
  #unseen = 0;

  constructor(places: WorkPlaces) {
    this.#places = places;
  }

  /**
   * Looks, unless the database is down at this moment.
   *
   * @param before what happens next; an `interruption` leaves attempts in flight that go on later
   */
  async look(before: 'interruption' | 'anything' = 'anything'): Promise<void> {
    let look: Look;
    try {
      look = await this.#read();
    } catch {
      // Killed or frozen: the next look will do.
      if (before === 'interruption') this.#unseen += 1;
      return;
    }
    await this.#note(look);
    if (before === 'interruption') for (const name of look.inFlight) add(this.#allowed, name, 1);
  }

  async #note(look: Look): Promise<void> {
    for (const { name, key } of look.prepared) {
      const file = await this.#fileOf(key);
      // Released with its preparation.
      if (file === null) continue;
      const known = this.#files.get(name);
      if (known === undefined) add(this.#allowed, name, this.#unseen);
      else if (known !== file) add(this.#changes, name, 1);
      this.#files.set(name, file);
    }
    for (const { name } of look.uploaded) {
      if (!this.#uploaded.has(name)) add(this.#allowed, name, this.#unseen);
      this.#uploaded.add(name);
    }
    this.#unseen = 0;
  }

  /** The finished parts that were done again, a line each; a last look, with everything running. */
  async redone(): Promise<string[]> {
    const look = await this.#read();
    await this.#note(look);
    const repeats = new Map([...this.#changes, ...(await this.#uploadedAgain(look.uploaded))]);
    return [...repeats]
      .filter(([name, times]) => times > (this.#allowed.get(name) ?? 0))
      .map(([name, times]) => `${name} ${times} times after it was finished`);
  }

  /** How many files of each part TikTok got after the one that is recorded. */
  async #uploadedAgain(uploaded: Look['uploaded']): Promise<[string, number][]> {
    const response = await fetch(`${this.#places.sandbox}/_sandbox/files`);
    if (!response.ok) throw new Error(`the sandbox's files answer ${response.status}`);
    const files = uploadedFiles.parse(await response.json());
    return uploaded.map(({ name, fileName, filePath }) => {
      // In the order in which they came.
      const paths = files.filter((file) => file.file_name === fileName).map((file) => file.file_path);
      const recorded = paths.indexOf(filePath);
      if (recorded < 0) throw new Error(`${name} is recorded as ${filePath}, which the sandbox has not`);
      return [name, paths.length - recorded - 1];
    });
  }

  /** Renewed whenever a file is put in this place, whatever time it claims to be of. */
  async #fileOf(key: string): Promise<string | null> {
    try {
      const { ino, ctimeNs } = await stat(join(this.#places.storage, 'objects', key), { bigint: true });
      return `${ino} ${ctimeNs}`;
    } catch {
      return null;
    }
  }

  async #read(): Promise<Look> {
    const client = new pg.Client({
      connectionString: this.#places.databaseUrl,
      connectionTimeoutMillis: 1_000,
      query_timeout: 2_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const parts = await client.query<{ preparation: string; part: number; state: string }>(`
        SELECT preparation_id AS preparation, part_index AS part,
               CASE WHEN prepared_at IS NOT NULL THEN 'prepared' WHEN claimed_by IS NOT NULL THEN 'claimed' ELSE 'open' END AS state
          FROM preparation_parts`);
      const uploads = await client.query<{ activation: string; part: number; path: string | null }>(`
        SELECT a.id AS activation, p.part_index AS part, d.file_path AS path
          FROM activations a
          JOIN preparation_parts p ON p.preparation_id = a.preparation_id AND p.prepared_at IS NOT NULL
          LEFT JOIN deliveries d ON d.activation_id = a.id AND d.part_index = p.part_index`);
      const prepared = parts.rows.map(({ preparation, part, state }) => ({
        name: `part ${part} of ${preparation} was prepared`,
        key: partKey(preparation, part),
        state,
      }));
      const uploaded = uploads.rows.map(({ activation, part, path }) => ({
        name: `part ${part} of ${activation} was uploaded`,
        fileName: `${activation}-${part}.csv`,
        path,
      }));
      return {
        inFlight: [
          ...prepared.filter(({ state }) => state === 'claimed').map(({ name }) => name),
          ...uploaded.filter(({ path }) => path === null).map(({ name }) => name),
        ],
        prepared: prepared.filter(({ state }) => state === 'prepared'),
        uploaded: uploaded.flatMap(({ path, ...upload }) =>
          path === null ? [] : [{ ...upload, filePath: path }],
        ),
      };
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
