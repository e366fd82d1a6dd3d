import type { ObjectStore } from './object-store.js';

/** Deletes every object whose key begins with the prefix. Can be repeated after it was cut off. */
export async function deleteObjects(store: ObjectStore, prefix: string): Promise<void> {
  for await (const { key } of store.list(prefix)) await store.delete(key);
}
