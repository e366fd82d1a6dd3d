import { fileURLToPath } from 'node:url';
import { createFileObjectStore } from './file-object-store.js';
import type { ObjectStore } from './object-store.js';

/**
 * Opens the object store that an address names: `file:///path` is a folder of this machine, made when it is missing.
 * Throws an `Error` that says what an address must be like, and `StorageError` when the folder cannot be used.
 */
export async function openStore(storageUrl: string): Promise<ObjectStore> {
  if (!URL.canParse(storageUrl)) {
    throw new Error(
      `The storage address ${JSON.stringify(storageUrl)} is no URL; it should be as file:///path`,
    );
  }
  const url = new URL(storageUrl);
  switch (url.protocol) {
    case 'file:':
      return createFileObjectStore({ root: folderOf(url) });
    case 's3:':
      throw new Error('S3 is not supported as storage by this release yet; use a folder, as file:///path');
    default:
      throw new Error(`The storage address begins with ${url.protocol} and should be as file:///path`);
  }
}

function folderOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new Error('The storage address names another computer; a folder of this one is file:///path', {
      cause: error,
    });
  }
}
