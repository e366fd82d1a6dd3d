import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/storage/open-store.js';

describe('the address of a store', () => {
  it('names a folder, which is made when it is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'open-store-'));
    try {
      const root = join(folder, 'with a space');
      const store = await openStore(pathToFileURL(root).href);
      await store.put('key', Readable.from([Buffer.from('x')]));
      expect((await stat(join(root, 'objects/key'))).size).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['s3://bucket/prefix', /S3 is not supported/],
    ['https://example.com/', /begins with https:/],
    ['file://elsewhere/path', /another computer/],
    ['/var/lib/objects', /file:\/\/\/path/],
    ['', /file:\/\/\/path/],
  ])('is refused in words when it is %j', async (url, words) => {
    await expect(openStore(url)).rejects.toThrow(words);
  });
});
