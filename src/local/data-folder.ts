import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** What the parts of the stack keep there is for their user alone. */
const PRIVATE_FOLDERS = ['logs', 'objects', 'sandbox', 'temporal'];

/** Makes a data folder with its private folders. The mode of a folder that exists already is its owner's choice. */
export function makeDataFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true });
  if (made !== undefined) makePassable(folder);
  for (const name of PRIVATE_FOLDERS) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
}

/** As root PostgreSQL runs as another user, who must pass through the folder without seeing what is in it. */
export function makePassable(folder: string): void {
  chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
}
