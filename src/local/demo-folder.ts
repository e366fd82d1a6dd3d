import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePassable } from './data-folder.js';
import { holderOfDataFolder } from './data-folder-claim.js';
import { postgresFolderBelowSystem } from './postgres-installation.js';
import { clearLeftovers } from './process-record.js';

const PREFIX = 'activate-audience-demo-';
const NEWBORN_MS = 5_000;

/** A new folder for one demo, which removes it at its end. */
export function demoFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  makePassable(folder);
  return folder;
}

/** Removes the folder of a demo that has ended, with what lies elsewhere for it. */
export function removeDemoFolder(folder: string): void {
  rmSync(postgresFolderBelowSystem(folder), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Ends and removes what demos have left behind that were killed. One that runs is left alone. */
export async function clearDeadDemos(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    const { uid, birthtimeMs } = statSync(folder);
    // Another user's, or one that is just being made and not claimed yet.
    if (uid !== process.getuid?.() || Date.now() - birthtimeMs < NEWBORN_MS) continue;
    if (holderOfDataFolder(folder) !== undefined) continue;
    await clearLeftovers(folder);
    removeDemoFolder(folder);
  }
}

/** Names of variables that would make the demo work on something that is not its own. */
const FOREIGN =
  /^(DATABASE_URL|STORAGE_URL|PUBLIC_URL|HOST|PORT|API_KEYS|ENCRYPTION_KEY.*|DATA_DIR|SANDBOX_DIR|TIKTOK_.*|TEMPORAL_(?!CLI_PATH$).*)$/;

/** The environment without what points at other servers or data: the demo brings its own of everything. */
export function demoEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !FOREIGN.test(name)));
}
