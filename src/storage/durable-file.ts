import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './file-system-failure.js';

/** A folder can be deleted as empty by another process between making it and moving a file into it. */
const FOLDER_ATTEMPTS = 100;

/**
 * Moves a finished file, whose bytes are on the disk already, to its place below `root`; replaces what was there at
 * once. Both paths must lie on one file system.
 *
 * Once this returns, the file outlives a power cut. A rename is only a change of the folder, so the folder has to be
 * written out too, and the folder above it, if it is new. Without that the database could know an object as
 * complete that is empty or missing after the machine comes back.
 */
export async function moveDurably(from: string, to: string, root: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
      break;
    } catch (error) {
      const folderVanished = systemErrorCode(error) === 'ENOENT' && attempt < FOLDER_ATTEMPTS;
      if (!folderVanished) throw error;
    }
  }
  for (let folder = dirname(to); folder.length >= root.length; folder = dirname(folder)) {
    await syncFolder(folder);
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder for this; NTFS journals renames by itself.
  if (process.platform === 'win32') return;
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    // Deleted again, as empty, since the object is gone already: there is nothing left to keep.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
