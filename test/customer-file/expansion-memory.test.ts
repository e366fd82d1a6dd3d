import { execFile } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { newPath } from './local-upload.js';
import { zipArchive } from './zip-archive.js';

const PROGRAM = fileURLToPath(new URL('programs/expand-packed.mjs', import.meta.url));

/** Generous, and less than any of the texts. */
const BOUND = 150_000_000;

const ROWS = Array.from(
  { length: 200_000 },
  (_, n) => `person.${(n * 7_919) % 999_983}@example.com,+1${n}\n`,
).join('');

/** The piece so many times, without ever being held as a whole here. */
function written(piece: Uint8Array, times: number): string {
  const path = newPath();
  const file = openSync(path, 'w');
  for (let time = 0; time < times; time++) writeSync(file, piece);
  closeSync(file);
  return path;
}

async function expanded(path: string): Promise<{ bytes: number; grownBy: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, path]);
  return JSON.parse(stdout);
}

it.each<[string, () => string, number]>([
  ['300 MB in gzip', () => written(gzipSync(ROWS), 45), 45 * ROWS.length],
  ['300 MB of UTF-16 in gzip', () => written(gzipSync(Buffer.from(ROWS, 'utf16le')), 45), 45 * ROWS.length],
  [
    '200 MB in a zip',
    () =>
      written(zipArchive([{ name: 'a.csv', content: Buffer.from(ROWS.repeat(30)), method: 'stored' }]), 1),
    30 * ROWS.length,
  ],
])('memory does not grow with the text: %s', async (_, pack, length) => {
  const { bytes, grownBy } = await expanded(pack());
  expect(bytes).toBe(length);
  expect(length).toBeGreaterThan(BOUND * 1.3);

  expect(grownBy).toBeLessThan(BOUND);
});
