import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePassable } from './data-folder.js';
import { holderOfDataFolder } from './data-folder-claim.js';
import { incomingCluster } from './postgres-cluster.js';
import { postgresFolderElsewhere } from './postgres-installation.js';
import { clearLeftovers } from './process-record.js';

/** What a folder below the system's temporary folder is for; its first part is its name. */
export type ThrowAwayKind = 'demo' | 'test';

const prefixOf = (kind: ThrowAwayKind) => `activate-audience-${kind}-`;

/** A folder that is made and not claimed yet has no supervisor, and is not dead. */
const NEWBORN_MS = 10_000;

/** A new data folder for one demo or one run of the tests, which remove it at their end. */
export function makeThrowAwayFolder(kind: ThrowAwayKind): string {
  const folder = mkdtempSync(join(tmpdir(), prefixOf(kind)));
  makePassable(folder);
  return folder;
}

/** Removes the folder, with what lies elsewhere for it. All processes on it must have ended. */
export function removeThrowAwayFolder(folder: string): void {
  const elsewhere = postgresFolderElsewhere(folder);
  if (elsewhere !== undefined && elsewhere !== '') {
    // The second one is there when its making was cut short.
    for (const cluster of [elsewhere, incomingCluster(elsewhere)]) {
      rmSync(cluster, { recursive: true, force: true });
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Ends and removes what was left behind by those that were killed. One whose supervisor is alive is left alone. */
export async function clearDeadFolders(kind: ThrowAwayKind, newbornMs = NEWBORN_MS): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(prefixOf(kind)) || !isOursAndGrown(folder, newbornMs)) continue;
    if (holderOfDataFolder(folder) !== undefined) continue;
    await clearLeftovers(folder);
    removeThrowAwayFolder(folder);
  }
}

function isOursAndGrown(folder: string, newbornMs: number): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  return (
    found !== undefined && found.uid === process.getuid?.() && Date.now() - found.birthtimeMs >= newbornMs
  );
}
