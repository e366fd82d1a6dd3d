import { createHash, randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileCounts, readCustomerFile } from './customer-file.js';
import { refusals } from './invented.js';
import { deleteUnneededFiles } from './unneeded-files.js';
import type { World } from './world.js';

interface Owner {
  readonly advertiserId: string;
  readonly calculateType: string;
}

/**
 * Keeps a received file under a new path: 16 lower-case hex digits.
 *
 * @param received is moved
 * @throws Refusal 40915 when its format is not that of its type
 */
export async function keepFile(
  world: World,
  received: string,
  { advertiserId, calculateType }: Owner,
  known: { readonly fileName: string; readonly size: number; readonly md5: string },
): Promise<string> {
  const { wrong, ...counts }: FileCounts & { wrong: string | null } = await readCustomerFile(
    received,
    calculateType,
  );
  if (wrong !== null) throw refusals.fileFormat(wrong);
  const { store, clock } = world;
  const filePath = randomBytes(8).toString('hex');
  // In one go with its entry: bytes without one are deleted.
  renameSync(received, store.bytesOf(filePath));
  store.current.files[filePath] = {
    filePath,
    advertiserId,
    calculateType,
    ...known,
    ...counts,
    uploadedAt: clock.now(),
    forgottenAt: null,
  };
  store.save();
  deleteUnneededFiles(store, clock.now());
  return filePath;
}

/** Keeps a text of our own in the same way. */
export async function keepBytes(world: World, text: string, owner: Owner): Promise<string> {
  const written = join(world.store.incomingDir, randomBytes(8).toString('hex'));
  await writeFile(written, text);
  return keepFile(world, written, owner, {
    fileName: '',
    size: Buffer.byteLength(text),
    md5: createHash('md5').update(text).digest('hex'),
  });
}
