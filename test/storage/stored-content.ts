import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import type {
  ByteRange,
  MaterialisedRange,
  ObjectStore,
  StoredObject,
} from '../../src/storage/object-store.js';

export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function bytesOf(store: ObjectStore, key: string, range?: ByteRange): Promise<Buffer> {
  return collect(await store.read(key, range));
}

export async function textOf(store: ObjectStore, key: string): Promise<string> {
  return (await bytesOf(store, key)).toString();
}

/** The bytes of a materialised range, read as the engine does: by offset from the local file. */
export async function contentOf({ path, position, length, release }: MaterialisedRange): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    expect(bytesRead).toBe(length);
    return buffer;
  } finally {
    await file.close();
    await release();
  }
}

export async function allOf(store: ObjectStore, prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.list(prefix)) objects.push(object);
  return objects;
}

export async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await allOf(store, prefix)).map((object) => object.key);
}

/** Compares long contents. vitest's own equality of buffers takes seconds for a megabyte. */
export function expectSameBytes(actual: Buffer, expected: Buffer): void {
  expect({ length: actual.length, same: actual.equals(expected) }).toEqual({
    length: expected.length,
    same: true,
  });
}
