import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../../src/storage/file-listing.js';

const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '_', '0', 'z'), minLength: 1, maxLength: 2 });
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

describe('a listing', () => {
  it('has every file once and in the order of its path, whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { maxLength: 25 }),
        fc
          .string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 })
          .filter((prefix) => !/^\/|\/\//.test(prefix)),
        fc.integer({ min: 1, max: 4 }),
        async (paths, prefix, pageSize) => {
          const files = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
          const root = await mkdtemp(join(tmpdir(), 'file-listing-'));
          try {
            for (const file of files) {
              await mkdir(dirname(join(root, file)), { recursive: true });
              await writeFile(join(root, file), '');
            }
            const listed: string[] = [];
            for await (const file of listFiles(root, prefix, pageSize)) listed.push(file);
            expect(listed).toEqual(files.filter((file) => file.startsWith(prefix)).sort());
          } finally {
            await rm(root, { recursive: true });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on in order when files come and go meanwhile', async () => {
    const root = await mkdtemp(join(tmpdir(), 'file-listing-'));
    try {
      for (const file of ['a', 'b', 'c', 'd', 'e']) await writeFile(join(root, file), '');
      const listed: string[] = [];
      for await (const file of listFiles(root, '', 2)) {
        listed.push(file);
        if (file === 'b') {
          await rm(join(root, 'a'));
          await rm(join(root, 'c'));
          await writeFile(join(root, 'cc'), '');
        }
      }
      expect(listed).toEqual(['a', 'b', 'cc', 'd', 'e']);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
