import { createHash } from 'node:crypto';
import {
  constants,
  copyFile,
  type FileHandle,
  mkdir,
  open,
  rm,
  rmdir,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { moveDurably } from './durable-file.js';
import { listFiles } from './file-listing.js';
import { storageFailure, systemErrorCode } from './file-system-failure.js';
import { assertKeyPrefix, assertObjectKey, isObjectKey, rangeWithin } from './object-key.js';
import {
  type ByteRange,
  type MaterialisedRange,
  type ObjectStore,
  StorageError,
  type StoredObject,
} from './object-store.js';
import { openScratchFolder, type ScratchFolder } from './scratch-folder.js';

/** Larger than Node's 64 KiB: whole objects are read in order, and every chunk costs a turn of the event loop. */
const READ_BYTES = 256 * 1024;

/**
 * An object store in a folder: the object KEY is the file `objects/KEY`, unfinished files lie in `scratch`. Both are
 * on one file system, since an object is published by renaming a finished file. Any number of processes may use one
 * folder.
 *
 * A file store cannot hold an object under a key that is the folder of another one (`a` and `a/b`): `bad_key`.
 */
export async function createFileObjectStore(options: { readonly root: string }): Promise<ObjectStore> {
  const root = resolve(options.root);
  try {
    const objects = join(root, 'objects');
    await mkdir(objects, { recursive: true });
    return new FileObjectStore(objects, await openScratchFolder(join(root, 'scratch')));
  } catch (error) {
    throw storageFailure(error, `use the folder ${root}`);
  }
}

class FileObjectStore implements ObjectStore {
  readonly #objects: string;
  readonly #scratch: ScratchFolder;

  constructor(objects: string, scratch: ScratchFolder) {
    this.#objects = objects;
    this.#scratch = scratch;
  }

  async put(key: string, bytes: AsyncIterable<Uint8Array>): Promise<StoredObject> {
    const target = this.#pathOf(key);
    const unfinished = this.#scratch.newPath();
    try {
      const file = await open(unfinished, 'wx');
      let stored: StoredObject;
      try {
        await writeFile(file, fromSource(key, bytes));
        await file.sync();
        stored = await describe(key, file);
      } finally {
        await file.close();
      }
      await moveDurably(unfinished, target, this.#objects);
      return stored;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw storageFailure(error, `put ${key}`);
    }
  }

  async scratchFile(): Promise<string> {
    return this.#scratch.newPath();
  }

  async clearScratch(age: number): Promise<void> {
    try {
      await this.#scratch.clear(age);
    } catch (error) {
      throw storageFailure(error, 'clear its scratch folder');
    }
  }

  async publish(key: string, localPath: string): Promise<StoredObject> {
    const target = this.#pathOf(key);
    try {
      const stored = await prepareForPublication(key, localPath);
      try {
        await moveDurably(localPath, target, this.#objects);
        return stored;
      } catch (error) {
        if (systemErrorCode(error) !== 'EXDEV') throw error;
        return await this.#publishFromOtherDisk(key, localPath, target);
      }
    } catch (error) {
      throw storageFailure(error, `publish ${key}`);
    }
  }

  /** A rename cannot cross file systems, and copying straight to the target would show half an object. */
  async #publishFromOtherDisk(key: string, localPath: string, target: string): Promise<StoredObject> {
    const copy = this.#scratch.newPath();
    try {
      await copyFile(localPath, copy, constants.COPYFILE_EXCL);
      const stored = await prepareForPublication(key, copy);
      await moveDurably(copy, target, this.#objects);
      await rm(localPath, { force: true });
      return stored;
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const path = this.#pathOf(key);
    try {
      const file = await open(path, 'r');
      try {
        const { start, end } = rangeWithin(key, (await describe(key, file)).size, range);
        if (start < end) return file.createReadStream({ start, end: end - 1, highWaterMark: READ_BYTES });
      } catch (error) {
        await file.close();
        throw error;
      }
      // The last byte of a stream's range is inclusive, so that it cannot say "none".
      await file.close();
      return Readable.from([]);
    } catch (error) {
      if (isAbsence(error)) throw await this.#absent(key);
      throw storageFailure(error, `read ${key}`);
    }
  }

  async materialise(key: string, range?: ByteRange): Promise<MaterialisedRange> {
    const path = this.#pathOf(key);
    const stored = await this.stat(key);
    if (stored === null) throw await this.#absent(key);
    const { start, end } = rangeWithin(key, stored.size, range);
    return { path, position: start, length: end - start, release: async () => {} };
  }

  async stat(key: string): Promise<StoredObject | null> {
    const path = this.#pathOf(key);
    try {
      const status = await stat(path);
      return status.isFile() ? { key, size: status.size, modifiedAt: status.mtime } : null;
    } catch (error) {
      if (!isAbsence(error)) throw storageFailure(error, `look up ${key}`);
      await this.#requireFolder(key);
      return null;
    }
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    assertKeyPrefix(prefix);
    try {
      for await (const key of listFiles(this.#objects, prefix)) {
        // Others leave files in a folder: `.DS_Store` of a Mac, `.nfs…` of a share, what rsync has half copied.
        if (!isObjectKey(key)) continue;
        // Null when it was deleted since its name was read.
        const stored = await this.stat(key);
        if (stored !== null) yield stored;
      }
    } catch (error) {
      throw storageFailure(error, `list ${prefix}`);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#pathOf(key);
    try {
      if ((await this.stat(key)) === null) return;
      await rm(path, { force: true });
      await this.#removeEmptyFolders(dirname(path));
    } catch (error) {
      throw storageFailure(error, `delete ${key}`);
    }
  }

  /** Every run makes folders of its own, which would pile up for ever. `publish` copes with a folder that vanishes. */
  async #removeEmptyFolders(lowest: string): Promise<void> {
    for (let folder = lowest; folder.length > this.#objects.length; folder = dirname(folder)) {
      try {
        await rmdir(folder);
      } catch {
        // In use, or deleted by somebody else: either way this is no failure of the deletion.
        return;
      }
    }
  }

  async digest(key: string, signal?: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    const bytes = await this.read(key);
    try {
      for await (const chunk of bytes) {
        signal?.throwIfAborted();
        hash.update(chunk);
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw storageFailure(error, `read ${key}`);
    }
    return hash.digest('hex');
  }

  async freeBytes(): Promise<number> {
    try {
      const { bavail, bsize } = await statfs(this.#objects);
      return bavail * bsize;
    } catch (error) {
      throw storageFailure(error, 'find out its free space');
    }
  }

  async #absent(key: string): Promise<StorageError> {
    await this.#requireFolder(key);
    return absent(key);
  }

  /** Without its folder nothing is in the store: a disk that is not mounted is an outage, and no object was deleted. */
  async #requireFolder(key: string): Promise<void> {
    await stat(this.#objects).catch((error: unknown) => {
      throw storageFailure(error, `look up ${key}`);
    });
  }

  #pathOf(key: string): string {
    assertObjectKey(key);
    return join(this.#objects, key);
  }
}

async function describe(key: string, file: FileHandle): Promise<StoredObject> {
  const status = await file.stat();
  if (!status.isFile()) throw absent(key);
  return { key, size: status.size, modifiedAt: status.mtime };
}

/** Writes the file's bytes out, and dates it as published now: sweeps go by the age of an object, not of its bytes. */
async function prepareForPublication(key: string, path: string): Promise<StoredObject> {
  const file = await open(path, 'r+');
  try {
    const now = new Date();
    await file.utimes(now, now);
    await file.sync();
    return await describe(key, file);
  } finally {
    await file.close();
  }
}

/** A source that breaks off is told from a disk that fails: only the message says where to look. */
async function* fromSource(key: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new StorageError(
      'unavailable',
      `The bytes of ${key} broke off before their end; nothing was stored`,
      {
        cause: error,
      },
    );
  }
}

function absent(key: string): StorageError {
  return new StorageError('not_found', `The store has no object ${key}`);
}

/** `ENOTDIR`: the key goes on below another object. */
function isAbsence(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
