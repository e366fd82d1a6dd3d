import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteObjects } from '../../src/storage/delete-objects.js';
import { createFileObjectStore } from '../../src/storage/file-object-store.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { builtModule, outputOf, startNode } from './built-module.js';
import { describeObjectStore } from './object-store-contract.js';
import { keysOf } from './stored-content.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'file-object-store-'));
const text = (content: string) => Readable.from([Buffer.from(content)]);

describeObjectStore('the file store', async () => {
  const root = await newFolder();
  return {
    store: await createFileObjectStore({ root }),
    url: pathToFileURL(root).href,
    close: () => rm(root, { recursive: true }),
  };
});

describe('the file store', () => {
  let root: string;
  let store: ObjectStore;
  beforeEach(async () => {
    root = await newFolder();
    store = await createFileObjectStore({ root });
  });
  afterEach(async () => rm(root, { recursive: true }));

  it('keeps an object as the file of its key, and finds it again after a restart', async () => {
    await store.put('uploads/upl_1', text('content'));
    expect(await readFile(join(root, 'objects/uploads/upl_1'), 'utf8')).toBe('content');
    const reopened = await createFileObjectStore({ root });
    expect(await reopened.stat('uploads/upl_1')).toMatchObject({ size: 7 });
  });

  it('materialises a range without a copy', async () => {
    await store.put('uploads/upl_1', text('0123456789'));
    const range = await store.materialise('uploads/upl_1', { start: 3, end: 8 });
    expect(range).toMatchObject({ path: join(root, 'objects/uploads/upl_1'), position: 3, length: 5 });
    expect(await readdir(join(root, 'scratch'))).toEqual([]);
  });

  it('leaves no scratch file behind when a put breaks off', async () => {
    const broken = Readable.from([Buffer.alloc(100_000)]).map(() => Promise.reject(new Error('broken')));
    await expect(store.put('key', broken)).rejects.toThrow();
    expect(await readdir(join(root, 'scratch'))).toEqual([]);
  });

  it.each([
    ['ahead', 60],
    ['behind', -60],
  ])(
    'goes by the clock of the file system when it opens, as that of its machine may be days %s',
    async (_way, days) => {
      const [dead, alive] = [await store.scratchFile(), await store.scratchFile()];
      for (const path of [dead, alive]) await writeFile(path, 'half a file');
      const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
      await utimes(dead, twoDaysAgo, twoDaysAgo);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 24 * 60 * 60 * 1000 });
      try {
        await createFileObjectStore({ root });
      } finally {
        vi.useRealTimers();
      }
      expect(await readdir(join(root, 'scratch'))).toEqual([basename(alive)]);
    },
  );

  it('removes scratch files that nobody wrote to for a day when it opens, and no younger ones', async () => {
    const [dead, alive] = [await store.scratchFile(), await store.scratchFile()];
    for (const path of [dead, alive]) await writeFile(path, 'unfinished');
    const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
    await utimes(dead, hours(25), hours(25));
    await utimes(alive, hours(23), hours(23));
    await createFileObjectStore({ root });
    await expect(stat(dead)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await stat(alive)).size).toBe(10);
  });

  it('dates an object by its publication, however old the file is', async () => {
    const path = await store.scratchFile();
    await writeFile(path, 'x');
    await utimes(path, new Date(0), new Date(0));
    const before = Math.floor(Date.now() / 1000) * 1000;
    expect((await store.publish('key', path)).modifiedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('publishes a file of another file system', async () => {
    // /dev/shm is one of its own on Linux; elsewhere this is an ordinary publication from another folder.
    const otherDisk = await access('/dev/shm', constants.W_OK).then(
      () => '/dev/shm',
      () => tmpdir(),
    );
    const folder = await mkdtemp(join(otherDisk, 'file-object-store-'));
    try {
      await writeFile(join(folder, 'part'), 'from elsewhere');
      expect(await store.publish('parts/1', join(folder, 'part'))).toMatchObject({ size: 14 });
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(await readFile(join(root, 'objects/parts/1'), 'utf8')).toBe('from elsewhere');
    expect(await readdir(join(root, 'scratch'))).toEqual([]);
  });

  it('does not let one key be the folder of another', async () => {
    await store.put('a/b', text('x'));
    await expect(store.put('a', text('x'))).rejects.toMatchObject({ code: 'bad_key' });
    await expect(store.put('a/b/c', text('x'))).rejects.toMatchObject({ code: 'bad_key' });
    await expect(store.read('a')).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.read('a/b/c')).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.stat('a/b/c')).toBeNull();
    expect(await readdir(join(root, 'scratch'))).toEqual([]);
  });

  it('removes the folders that a deletion leaves empty', async () => {
    await store.put('parts/prep_1/0001', text('x'));
    await store.put('parts/prep_2/0001', text('x'));
    await store.delete('parts/prep_1/0001');
    expect(await readdir(join(root, 'objects/parts'))).toEqual(['prep_2']);
    await store.delete('parts/prep_2/0001');
    expect(await readdir(join(root, 'objects'))).toEqual([]);
  });

  it('says that the disk is full, leaves nothing, and stores again when there is room', async () => {
    // The kernel refuses the write as it does on a full disk; the limit needs neither root nor a mount.
    const output = await outputOf(
      startNode(
        `
        import { writeFile } from 'node:fs/promises';
        import { createFileObjectStore } from ${JSON.stringify(builtModule('storage/file-object-store.js'))};
        const store = await createFileObjectStore({ root: ${JSON.stringify(root)} });
        async function* bytes(count) {
          for (let n = 0; n < count; n += 4096) yield Buffer.alloc(4096);
        }
        const refused = await store.put('big', bytes(4_000_000)).catch((error) => error);
        await store.put('small', bytes(4096));
        console.log(JSON.stringify({ name: refused.name, code: refused.code, message: refused.message }));
        `,
        'ulimit -f 1000',
      ),
    );
    expect(JSON.parse(output)).toMatchObject({
      name: 'StorageError',
      code: 'full',
      message: expect.stringContaining('no space left'),
    });
    expect(await store.stat('big')).toBeNull();
    expect(await store.stat('small')).toMatchObject({ size: 4096 });
    expect(await readdir(join(root, 'scratch'))).toEqual([]);
  });

  it('that is not mounted any more is out of reach, and has not lost its objects', async () => {
    await store.put('uploads/upl_1', text('content'));
    await rename(join(root, 'objects'), join(root, 'unmounted'));
    await expect(store.stat('uploads/upl_1')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.materialise('uploads/upl_1')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.read('key')).rejects.toMatchObject({ code: 'unavailable' });
    await rename(join(root, 'unmounted'), join(root, 'objects'));
    expect(await store.stat('uploads/upl_1')).toMatchObject({ size: 7 });
  });

  it('refuses a root that is a file', async () => {
    const path = join(root, 'file');
    await writeFile(path, 'x');
    await expect(createFileObjectStore({ root: path })).rejects.toMatchObject({ name: 'StorageError' });
  });

  it('lists its objects beside the files that others leave in its folders', async () => {
    await store.put('parts/prep_1/0001', text('x'));
    await store.put('uploads/upl_1', text('x'));
    await mkdir(join(root, 'objects/uploads/.Trash-0'));
    for (const foreign of [
      'uploads/.DS_Store',
      'uploads/.Trash-0/upl_2',
      'parts/prep_1/.0001.AbC',
      'Thumbs.db',
    ])
      await writeFile(join(root, 'objects', foreign), 'x');
    expect(await keysOf(store, '')).toEqual(['parts/prep_1/0001', 'uploads/upl_1']);
    await deleteObjects(store, 'parts/prep_1/');
    expect(await readdir(join(root, 'objects/parts/prep_1'))).toEqual(['.0001.AbC']);
  });

  it('does not mistake folders made by hand for objects', async () => {
    await mkdir(join(root, 'objects/by/hand'), { recursive: true });
    const listed = [];
    for await (const object of store.list('')) listed.push(object);
    expect(listed).toEqual([]);
    expect(await store.stat('by')).toBeNull();
  });
});
