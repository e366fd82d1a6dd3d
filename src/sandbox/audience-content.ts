import { readCustomerFile } from './customer-file.js';
import { countMembers, KnownPeople, noMembers } from './population.js';
import type { Settings } from './settings.js';
import type { StoredFile } from './state-schema.js';

/**
 * Identifiers that are held in memory at a time, 200 MB of them at most. A larger audience is computed in as many passes
 * over its files as it has times as many, each of which looks at its share of all keys.
 */
const MOST_IN_MEMORY = 6_000_000;

/** A file to add, or to remove. */
export interface Step {
  readonly file: StoredFile;
  /** Where its bytes lie. */
  readonly path: string;
  readonly removes: boolean;
}

export interface Content {
  /** Distinct identifiers. */
  readonly members: number;
  /** Known people that they stand for. */
  readonly matched: number;
}

/** What an audience holds after these steps, exactly, in memory that does not grow with it. */
export async function computeContent(
  steps: readonly Step[],
  people: Pick<Settings, 'population' | 'phones'>,
  mostInMemory = MOST_IN_MEMORY,
): Promise<Content> {
  const added = steps.reduce((sum, { file, removes }) => sum + (removes ? 0 : file.goodValues), 0);
  const passes = Math.max(1, Math.ceil(added / mostInMemory));
  const known = new KnownPeople(people);
  let total = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    const members = noMembers();
    for (const { file, path, removes } of steps) {
      await readCustomerFile(path, file.calculateType, (kind, key) => {
        // The last word is as good a digest as any, also of a MAID.
        if (passes > 1 && (key[3] ?? 0) % passes !== pass) return;
        if (removes) members[kind].remove(key, 0);
        else members[kind].add(key, 0);
      });
    }
    total += countMembers(members);
    known.find(members);
  }
  return { members: total, matched: known.matched() };
}
