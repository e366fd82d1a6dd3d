import { type ObjectStore, StorageError } from '../../storage/object-store.js';

/** Says that the disk will be full before it is. Throws `StorageError` with code `full`. */
export async function refuseWhatDoesNotFit(store: ObjectStore, bytes: number): Promise<void> {
  const free = await store.freeBytes();
  if (free !== null && bytes > free) {
    throw new StorageError('full', `an upload of ${bytes} bytes was announced and ${free} bytes are free`);
  }
}
