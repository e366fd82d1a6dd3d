import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './file-system-failure.js';

const DAY_MS = 24 * 60 * 60 * 1000;

const FULL: ReadonlySet<string | null> = new Set(['ENOSPC', 'EDQUOT']);

/** Unfinished files: not visible as objects, and left behind only by a process that died. */
export interface ScratchFolder {
  /** A path that nobody else uses. The file does not exist yet. */
  newPath(): string;
  /** Removes files that were not written to for `age` milliseconds. */
  clear(age: number): Promise<void>;
}

/**
 * Opens the folder and removes what processes that died left in it. A day without a write is longer than any file
 * takes that is still being made, by this process or another one on the same disk.
 */
export async function openScratchFolder(folder: string): Promise<ScratchFolder> {
  await mkdir(folder, { recursive: true });
  const clear = async (age: number) => {
    const now = await fileSystemTime(folder);
    if (now === null) return;
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (await writtenBefore(path, now - age)) await rm(path, { recursive: true, force: true });
    }
  };
  await clear(DAY_MS);
  return { newPath: () => join(folder, randomUUID()), clear };
}

/**
 * The time by the clock that stamps the files: that of this process or of PostgreSQL may be days off, and files of others
 * would be taken for dead. Null on a full disk, which must keep no process from starting: a later sweep clears the files.
 */
async function fileSystemTime(folder: string): Promise<number | null> {
  const path = join(folder, randomUUID());
  try {
    await writeFile(path, '');
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (FULL.has(systemErrorCode(error))) return null;
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

async function writtenBefore(path: string, time: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < time;
  } catch (error) {
    // Published or removed by its owner meanwhile.
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
