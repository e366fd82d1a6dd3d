import { stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { keysOf } from './stored-content.js';

/** The keys that every store refuses, so that none of them ever means a place outside of it. */
export function describeKeys(openStore: () => ObjectStore): void {
  it.each([
    '',
    '/etc/passwd',
    '../outside',
    'a/../../outside',
    'a/..',
    './a',
    'a//b',
    'a/',
    '.hidden',
    'a./b',
    'Upper',
    'with space',
    'nul\0byte',
    'back\\slash',
    'c:a',
    'ümlaut',
    'line\nbreak',
  ])('refuses the key %j everywhere', (key) => refusesEverywhere(openStore(), key));

  it('refuses a name of 201 characters and a key of 901', async () => {
    await refusesEverywhere(openStore(), 'x'.repeat(201));
    await refusesEverywhere(openStore(), `${'long/'.repeat(180)}k`);
    await openStore().put(`${'long/'.repeat(179)}longe`, Readable.from([Buffer.from('x')]));
  });

  it.each(['/', '../', 'a/../', 'a//', 'UPPER'])('refuses to list %j', async (prefix) => {
    await expect(keysOf(openStore(), prefix)).rejects.toMatchObject({
      name: 'StorageError',
      code: 'bad_key',
    });
  });
}

async function refusesEverywhere(store: ObjectStore, key: string): Promise<void> {
  const path = await store.scratchFile();
  await writeFile(path, 'x');
  const refused = { name: 'StorageError', code: 'bad_key' };
  await expect(store.put(key, Readable.from([Buffer.from('x')]))).rejects.toMatchObject(refused);
  await expect(store.publish(key, path)).rejects.toMatchObject(refused);
  await expect(store.read(key)).rejects.toMatchObject(refused);
  await expect(store.materialise(key)).rejects.toMatchObject(refused);
  await expect(store.stat(key)).rejects.toMatchObject(refused);
  await expect(store.delete(key)).rejects.toMatchObject(refused);
  await expect(store.digest(key)).rejects.toMatchObject(refused);
  expect((await stat(path)).size).toBe(1);
}
