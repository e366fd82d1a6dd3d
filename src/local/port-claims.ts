import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode } from '../storage/file-system-failure.js';
import { claimDataFolder, claimFile, DataFolderInUse } from './data-folder-claim.js';

/**
 * Well-known ports that this stack will use. A port is free from the moment it is chosen until its service listens,
 * which takes seconds; without a claim two stacks that start together would choose the same ones.
 */
export class PortClaims {
  readonly #held: (() => void)[] = [];

  /** False when another stack on this machine has claimed the port. Claims of the dead count for nothing. */
  claim(port: number): boolean {
    const folder = join(tmpdir(), `activate-audience-port-${port}`);
    for (;;) {
      try {
        mkdirSync(folder, { recursive: true });
        const giveFree = claimDataFolder(folder);
        this.#held.push(() => {
          giveFree();
          removeUnclaimed(folder);
        });
        return true;
      } catch (error) {
        if (error instanceof DataFolderInUse) return false;
        // The folder belongs to another user of this machine: it can only be looked at.
        if (systemErrorCode(error) === 'EACCES') return !isClaimed(folder);
        // Whoever had it before has removed it between the two steps.
        if (systemErrorCode(error) !== 'ENOENT') throw error;
      }
    }
  }

  release(): void {
    for (const giveFree of this.#held.splice(0)) giveFree();
  }
}

/** Left behind, it would keep other users from claiming the port. With a new claim in it, it is not empty and stays. */
function removeUnclaimed(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // An empty folder that stays does no harm to its own user.
  }
}

/** What cannot be seen counts as claimed. */
function isClaimed(folder: string): boolean {
  try {
    statSync(claimFile(folder));
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ENOENT';
  }
}
