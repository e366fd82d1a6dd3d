import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataFolder, DataFolderInUse } from './data-folder-claim.js';

/**
 * Well-known ports that this stack will use. A port is free from the moment it is chosen until its service listens,
 * which takes seconds; without a claim two stacks that start together would choose the same ones.
 */
export class PortClaims {
  readonly #held: (() => void)[] = [];

  /** False when another stack on this machine has claimed the port. Claims of the dead count for nothing. */
  claim(port: number): boolean {
    const folder = join(tmpdir(), `activate-audience-port-${port}`);
    try {
      mkdirSync(folder, { recursive: true });
      this.#held.push(claimDataFolder(folder));
      return true;
    } catch (error) {
      if (error instanceof DataFolderInUse) return false;
      // The folder belongs to another user of this machine.
      if (error instanceof Error && 'code' in error && error.code === 'EACCES') return false;
      throw error;
    }
  }

  release(): void {
    for (const giveFree of this.#held.splice(0)) giveFree();
  }
}
