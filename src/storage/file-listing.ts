import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './file-system-failure.js';

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  /** What stands in the key from here on; a folder's `/` takes part in the order (`a-b` < `a/c` < `a0`). */
  readonly sortName: string;
}

/**
 * The paths, relative to `root` and with `/` between names, of all files whose path begins with `prefix`, ordered
 * as strings of bytes are.
 *
 * Memory is bounded whatever a folder holds: names are taken in pages of the smallest ones not yet given, with one
 * pass over the folder for each page. Resuming by name also means that files made or deleted meanwhile disturb
 * nothing. `pageSize` is a number of names.
 */
export async function* listFiles(root: string, prefix: string, pageSize = 10_000): AsyncGenerator<string> {
  const folderEnd = prefix.lastIndexOf('/') + 1;
  yield* listFolder(root, prefix.slice(0, folderEnd), prefix.slice(folderEnd), pageSize);
}

async function* listFolder(
  root: string,
  folder: string,
  namePrefix: string,
  pageSize: number,
): AsyncGenerator<string> {
  let after = '';
  for (;;) {
    const page = await smallestEntries(join(root, folder), namePrefix, after, pageSize);
    for (const entry of page) {
      if (entry.isFolder) yield* listFolder(root, `${folder}${entry.name}/`, '', pageSize);
      else yield folder + entry.name;
      after = entry.sortName;
    }
    if (page.length < pageSize) return;
  }
}

/** The `count` first entries behind `after`, in order. A folder that does not exist has none. */
async function smallestEntries(
  folder: string,
  namePrefix: string,
  after: string,
  count: number,
): Promise<Entry[]> {
  const smallest: Entry[] = [];
  const keepSmallest = (): void => {
    smallest.sort((a, b) => (a.sortName < b.sortName ? -1 : 1));
    smallest.splice(count);
  };
  try {
    for await (const { name, isFolder } of entriesOf(folder)) {
      const sortName = isFolder ? `${name}/` : name;
      if (!name.startsWith(namePrefix) || sortName <= after) continue;
      smallest.push({ name, isFolder, sortName });
      if (smallest.length >= 2 * count) keepSmallest();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
  keepSmallest();
  return smallest;
}

async function* entriesOf(folder: string): AsyncGenerator<{ name: string; isFolder: boolean }> {
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    yield { name: entry.name, isFolder: entry.isDirectory() };
  }
}
