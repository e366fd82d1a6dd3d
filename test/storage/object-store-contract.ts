import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { stat, utimes, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { builtModule, startNode } from './built-module.js';
import { describeKeys } from './object-store-key-contract.js';
import { allOf, bytesOf, collect, contentOf, expectSameBytes, keysOf, textOf } from './stored-content.js';

const HOUR_MS = 3_600_000;

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** The address by which `openStore` opens the same store in another process. */
  readonly url: string;
  /** Removes the store and all that it holds. */
  close(): Promise<void>;
}

/** What every object store has to do. `makeStore` makes an empty one for each test. */
export function describeObjectStore(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the contract of object stores`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      under = await makeStore();
      store = under.store;
    });
    afterEach(async () => under.close());

    it('gives back the bytes that were put', async () => {
      const bytes = randomBytes(700_001);
      const before = Date.now();
      const stored = await store.put(
        'uploads/upl_1',
        Readable.from([bytes.subarray(0, 9), bytes.subarray(9)]),
      );
      expect(stored).toMatchObject({ key: 'uploads/upl_1', size: bytes.length });
      // Whole seconds: not every store dates more finely.
      expect(stored.modifiedAt.getTime()).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);
      expectSameBytes(await bytesOf(store, 'uploads/upl_1'), bytes);
      expect(await store.stat('uploads/upl_1')).toEqual(stored);
    });

    it('holds an empty object', async () => {
      await store.put('empty', Readable.from([]));
      expect(await store.stat('empty')).toMatchObject({ size: 0 });
      expect(await bytesOf(store, 'empty')).toEqual(Buffer.alloc(0));
      expect(await bytesOf(store, 'empty', { start: 0, end: 0 })).toEqual(Buffer.alloc(0));
      expect(await store.digest('empty')).toBe(createHash('sha256').digest('hex'));
      expect(await contentOf(await store.materialise('empty'))).toEqual(Buffer.alloc(0));
    });

    it('leaves nothing when the bytes break off, and says so', async () => {
      async function* breakingOff() {
        yield randomBytes(300_000);
        throw new Error('the browser went away');
      }
      await expect(store.put('uploads/broken', breakingOff())).rejects.toMatchObject({
        name: 'StorageError',
        code: 'unavailable',
        cause: { message: 'the browser went away' },
      });
      expect(await store.stat('uploads/broken')).toBeNull();
      expect(await keysOf(store, '')).toEqual([]);
    });

    it('keeps the object that a broken put would have replaced', async () => {
      await store.put('key', Readable.from([Buffer.from('old')]));
      const broken = Readable.from([Buffer.from('new')]).map(() => Promise.reject(new Error('broken')));
      await expect(store.put('key', broken)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await textOf(store, 'key')).toBe('old');
    });

    it('replaces an object at once, while a reader goes on with the one it opened', async () => {
      await store.put('key', Readable.from([Buffer.from('first')]));
      const reader = await store.read('key');
      await store.put('key', Readable.from([Buffer.from('second, longer')]));
      expect((await collect(reader)).toString()).toBe('first');
      expect(await textOf(store, 'key')).toBe('second, longer');
    });

    it('publishes a local file, which is gone afterwards', async () => {
      const path = await store.scratchFile();
      await writeFile(path, 'prepared part');
      const stored = await store.publish('parts/0001.csv', path);
      expect(stored).toMatchObject({ key: 'parts/0001.csv', size: 13 });
      expect(await textOf(store, 'parts/0001.csv')).toBe('prepared part');
      await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('gives a new scratch path each time, which no list shows', async () => {
      const paths = await Promise.all(Array.from({ length: 20 }, () => store.scratchFile()));
      expect(new Set(paths).size).toBe(20);
      for (const path of paths) await writeFile(path, 'half of a');
      expect(await keysOf(store, '')).toEqual([]);
    });

    it('clears scratch files that nobody wrote to for as long as is told, whatever clock the process has', async () => {
      const [old, young] = [await store.scratchFile(), await store.scratchFile()];
      for (const path of [old, young]) await writeFile(path, 'half of a');
      const twoHoursAgo = new Date(Date.now() - 2 * HOUR_MS);
      await utimes(old, twoHoursAgo, twoHoursAgo);
      for (const days of [60, -60]) {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 24 * HOUR_MS });
        try {
          await store.clearScratch(HOUR_MS);
        } finally {
          vi.useRealTimers();
        }
      }
      await expect(stat(old)).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await stat(young)).size).toBe(9);
    });

    it('fails to publish a file that does not exist', async () => {
      await expect(store.publish('key', await store.scratchFile())).rejects.toMatchObject({
        code: 'unavailable',
      });
      expect(await store.stat('key')).toBeNull();
    });

    it('shows one whole object when many put and publish under one key at the same moment', async () => {
      const versions = Array.from({ length: 12 }, (_, n) => Buffer.alloc(200_000 + n, `version ${n} `));
      await Promise.all(
        versions.map(async (bytes, n) => {
          if (n % 2 === 0) return store.put('contested/key', Readable.from([bytes]));
          const path = await store.scratchFile();
          await writeFile(path, bytes);
          return store.publish('contested/key', path);
        }),
      );
      const winner = await bytesOf(store, 'contested/key');
      expect(versions.some((bytes) => bytes.equals(winner))).toBe(true);
      expect(await keysOf(store, '')).toEqual(['contested/key']);
    });

    it('survives deletions and publications in one folder at the same moment', async () => {
      const rounds = Array.from({ length: 8 }, async (_, lane) => {
        for (let round = 0; round < 10; round++) {
          await store.put(`busy/deep/${lane}`, Readable.from([Buffer.from('x')]));
          await store.delete(`busy/deep/${lane}`);
        }
      });
      await Promise.all(rounds);
      expect(await keysOf(store, 'busy/')).toEqual([]);
    });

    it('shows nothing of a put whose process was killed in the middle', async () => {
      const child = startNode(`
        import { openStore } from ${JSON.stringify(builtModule('storage/open-store.js'))};
        const store = await openStore(${JSON.stringify(under.url)});
        async function* endless() {
          for (let n = 0; ; n++) {
            if (n === 200) console.log('in the middle');
            yield Buffer.alloc(65536, 'x');
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
        await store.put('uploads/upl_killed', endless());
      `);
      const exit = once(child, 'exit');
      await Promise.race([once(child.stdout ?? child, 'data'), exit]);
      child.kill('SIGKILL');
      expect(await exit).toEqual([null, 'SIGKILL']);
      expect(await store.stat('uploads/upl_killed')).toBeNull();
      expect(await keysOf(store, '')).toEqual([]);
    });

    it('reads a range from its first byte to just before its end', async () => {
      const bytes = randomBytes(400_000);
      await store.put('object', Readable.from([bytes]));
      for (const [start, end] of [
        [0, 400_000],
        [0, 1],
        [399_999, 400_000],
        [0, 0],
        [400_000, 400_000],
        [262_143, 262_145],
        [1, 399_999],
      ] as const) {
        const range = { start, end };
        expectSameBytes(await bytesOf(store, 'object', range), bytes.subarray(start, end));
        expectSameBytes(
          await contentOf(await store.materialise('object', range)),
          bytes.subarray(start, end),
        );
      }
    });

    it('refuses a range that the object does not have, instead of reading less', async () => {
      await store.put('object', Readable.from([Buffer.from('0123456789')]));
      for (const [start, end] of [
        [0, 11],
        [11, 11],
        [5, 4],
        [-1, 3],
        [0.5, 2],
        [0, Number.NaN],
      ] as const) {
        await expect(store.read('object', { start, end })).rejects.toMatchObject({ code: 'not_found' });
        await expect(store.materialise('object', { start, end })).rejects.toMatchObject({
          code: 'not_found',
        });
      }
    });

    it('keeps the object when a materialised range is released', async () => {
      await store.put('object', Readable.from([Buffer.from('kept')]));
      await (await store.materialise('object', { start: 1, end: 3 })).release();
      expect(await textOf(store, 'object')).toBe('kept');
    });

    it('lets go of an object that a reader leaves half-way', async () => {
      await store.put('object', Readable.from([randomBytes(2_000_000)]));
      const reader = await store.read('object');
      for await (const chunk of reader) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(reader.destroyed).toBe(true);
    });

    it('says at once that an object does not exist', async () => {
      expect(await store.stat('nothing')).toBeNull();
      await expect(store.read('nothing')).rejects.toMatchObject({ name: 'StorageError', code: 'not_found' });
      await expect(store.read('deep/nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.materialise('nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.digest('nothing')).rejects.toMatchObject({ code: 'not_found' });
    });

    it('deletes an object, and takes no offence at one that does not exist', async () => {
      await store.put('parts/a', Readable.from([Buffer.from('a')]));
      await store.put('parts/b', Readable.from([Buffer.from('b')]));
      await store.delete('parts/a');
      await store.delete('parts/a');
      await store.delete('parts');
      await store.delete('never/was');
      expect(await keysOf(store, '')).toEqual(['parts/b']);
    });

    it('lists by prefix, ordered by key, and nothing else', async () => {
      const keys = [
        'a-b',
        'a.b',
        'a/b',
        'a/b.csv',
        'a/c/d',
        'a0',
        'ab/c',
        'b',
        'upl/1',
        'upl/10',
        'upl/2',
        'upl_1',
      ];
      for (const key of keys.filter((key) => key !== 'a/b').reverse()) {
        await store.put(key, Readable.from([Buffer.from(key)]));
      }
      const stored = keys.filter((key) => key !== 'a/b');
      for (const prefix of ['', 'a', 'a/', 'a/c/', 'a/c/d', 'upl', 'upl/', 'upl/1', 'c', 'a/c/d/', 'z/y/x']) {
        expect(await keysOf(store, prefix)).toEqual(stored.filter((key) => key.startsWith(prefix)));
      }
    });

    it('lists many objects with their sizes', async () => {
      // More than S3 gives in one page.
      const keys = Array.from({ length: 1_100 }, (_, n) => `many/${String(n).padStart(5, '0')}`);
      for (let from = 0; from < keys.length; from += 50) {
        await Promise.all(
          keys.slice(from, from + 50).map((key, n) => store.put(key, Readable.from([Buffer.alloc(n + 1)]))),
        );
      }
      const listed = await allOf(store, 'many/');
      expect(listed.map((object) => object.key)).toEqual(keys);
      expect(listed.map((object) => object.size)).toEqual(keys.map((_, n) => (n % 50) + 1));
    });

    it('digests an object as SHA-256', async () => {
      const bytes = randomBytes(1_000_003);
      await store.put('object', Readable.from([bytes]));
      expect(await store.digest('object')).toBe(createHash('sha256').update(bytes).digest('hex'));
    });

    it('stops digesting when told to', async () => {
      await store.put('object', Readable.from([randomBytes(2_000_000)]));
      const reason = new Error('cancelled');
      await expect(store.digest('object', AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    describeKeys(() => store);

    it('says how many bytes can still be stored, or that it does not know', async () => {
      const free = await store.freeBytes();
      expect(free === null || (Number.isSafeInteger(free) && free > 0)).toBe(true);
    });
  });
}
