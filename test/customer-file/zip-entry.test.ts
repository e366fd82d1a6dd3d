import { describe, expect, it } from 'vitest';
import { isSizeOf } from '../../src/customer-file/zip-entry.js';

const GIB = 2 ** 30;

describe('the size that a zip archive tells of its file', () => {
  it.each([
    ['of a small file', 1_000, 1_000],
    ['of a file over 4 GiB, in a ZIP64 field', 5 * GIB, 5 * GIB],
    ['of a file over 4 GiB, in 32 bits', 1 * GIB + 7, 5 * GIB + 7],
    ['of a file of 4 GiB, in 32 bits', 0, 4 * GIB],
  ])('is right %s', (_, size, bytes) => {
    expect(isSizeOf({ size }, bytes)).toBe(true);
  });

  it.each([
    [1_000, 999],
    [1_000, 1_001],
    [5 * GIB, 1 * GIB],
    [5 * GIB, 9 * GIB],
    [0, 1],
  ])('of %i bytes is wrong for %i', (size, bytes) => {
    expect(isSizeOf({ size }, bytes)).toBe(false);
  });
});
