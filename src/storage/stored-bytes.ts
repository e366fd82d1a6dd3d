import type { ObjectStore } from './object-store.js';

/** An object as something that is read by range; nothing is opened before the first byte is asked for. */
export interface StoredBytes {
  readonly size: number;
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** `size`: of the object. Reading throws `StorageError`. */
export function storedBytes(store: Pick<ObjectStore, 'read'>, key: string, size: number): StoredBytes {
  return {
    size,
    async *read(start, end) {
      yield* await store.read(key, { start, end });
    },
  };
}
