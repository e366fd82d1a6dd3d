import type { Readable } from 'node:stream';

/** A part of an object: from `start` to just before `end`, in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Bytes of an object on the local disk. `release` removes a copy made for the purpose, and never the object. */
export interface MaterialisedRange {
  readonly path: string;
  /** Where in the file the first byte of the range stands. */
  readonly position: number;
  readonly length: number;
  release(): Promise<void>;
}

/**
 * Where uploads, parts and reports lie. Keys are relative paths of lower-case letters, digits, `-`, `_`, `.` and `/`.
 * An object is never changed: it appears whole, or not at all, and a second publication under its key replaces it at
 * once. All methods throw `StorageError`.
 */
export interface ObjectStore {
  /** Streams an object in. On any failure, or when the stream fails, nothing is left under the key. */
  put(key: string, bytes: AsyncIterable<Uint8Array>): Promise<StoredObject>;

  /** A new path on the local disk for a file that `publish` will take; on the store's own disk where it has one. */
  scratchFile(): Promise<string>;

  /**
   * Removes scratch files of this machine that were not written to for `age` milliseconds by the clock that stamps them: a
   * process that died left them.
   */
  clearScratch(age: number): Promise<void>;

  /** Makes a finished local file the object. The local file is gone afterwards; it stays when this fails. */
  publish(key: string, localPath: string): Promise<StoredObject>;

  /**
   * The bytes of the object or of a range of it. Fails at once with `not_found` when there is no such object, or when
   * it does not have the whole range.
   */
  read(key: string, range?: ByteRange): Promise<Readable>;

  /** The bytes as a local file: without a copy where the store is the disk. */
  materialise(key: string, range?: ByteRange): Promise<MaterialisedRange>;

  /** Null when there is no such object. */
  stat(key: string): Promise<StoredObject | null>;

  /** All objects whose key begins with the prefix, ordered by key. */
  list(prefix: string): AsyncIterable<StoredObject>;

  /** Deletes an object; one that does not exist is no error. */
  delete(key: string): Promise<void>;

  /** SHA-256 of the object, lower-case hex. Throws the signal's reason when it aborts. */
  digest(key: string, signal?: AbortSignal): Promise<string>;

  /** Bytes that can still be stored, or null where the store does not say. */
  freeBytes(): Promise<number | null>;
}

export type StorageErrorCode = 'not_found' | 'bad_key' | 'full' | 'unavailable';

/** `full`: no space is left. `unavailable`: everything that may pass by itself. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
