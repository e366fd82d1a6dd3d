import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forEachLine } from '../../src/sandbox/file-lines.js';
import { IdentifierSet } from '../../src/sandbox/identifier-set.js';
import { temporaryFolder } from './running-sandbox.js';

async function linesOf(content: string): Promise<string[]> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, content);
  const lines: string[] = [];
  await forEachLine(path, (buffer, start, end) => {
    lines.push(Buffer.from(buffer.subarray(start, end)).toString());
  });
  return lines;
}

describe('the set of identifiers', () => {
  it('holds what an ordinary set would hold after the same additions and removals', () => {
    const word = fc.integer({ min: 0, max: 3 });
    const step = fc.record({ key: fc.tuple(word, word, word, word), adds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 500 }), (steps) => {
        const set = new IdentifierSet();
        const model = new Set<string>();
        for (const { key, adds } of steps) {
          const words = Uint32Array.from(key);
          if (adds) {
            set.add(words, 0);
            model.add(key.join());
          } else {
            set.remove(words, 0);
            model.delete(key.join());
          }
          expect(set.has(words, 0)).toBe(adds);
        }
        expect(set.size).toBe(model.size);
      }),
    );
  });

  it('grows without losing any', () => {
    const set = new IdentifierSet();
    const key = (n: number) => Uint32Array.of(n, 7, n * 3, 0xffffffff);
    for (let n = 0; n < 100_000; n += 1) set.add(key(n), 0);
    for (let n = 0; n < 100_000; n += 2) set.remove(key(n), 0);
    for (let n = 0; n < 10_000; n += 1) set.add(key(n + 100_000), 0);
    expect(set.size).toBe(60_000);
    expect([set.has(key(99_999), 0), set.has(key(99_998), 0), set.has(key(100_001), 0)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the lines of a file', () => {
  it('are those between line feeds, without a carriage return before one', async () => {
    expect(await linesOf('a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c']);
    expect(await linesOf('a\n')).toEqual(['a']);
    expect(await linesOf('')).toEqual([]);
  });

  it('are whole where the reading is done in pieces', async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `${index}:${'x'.repeat(index % 97)}`);
    expect(await linesOf(`${lines.join('\n')}\n`)).toEqual(lines);
  });

  it('go on behind one that is longer than a piece', async () => {
    const lines = await linesOf(`a\n${'x'.repeat(3_000_000)}\nb\n`);
    expect([lines.length, lines[0], lines[2]]).toEqual([3, 'a', 'b']);
  });
});
