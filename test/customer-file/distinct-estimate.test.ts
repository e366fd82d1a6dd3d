import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  addDistinct,
  estimateDistinct,
  mergeDistinct,
  newDistinctRegisters,
} from '../../src/customer-file/distinct-estimate.js';

function registersOf(from: number, to: number): Uint8Array {
  const registers = newDistinctRegisters();
  for (let n = from; n < to; n++) addDistinct(registers, createHash('sha256').update(`${n}`).digest('hex'));
  return registers;
}

describe('the estimate of distinct people', () => {
  it.each([0, 1, 10, 1000, 20_000, 50_000, 150_000])('is at most three hundredths off %i', (people) => {
    const estimate = estimateDistinct(registersOf(0, people));
    expect(Math.abs(estimate - people)).toBeLessThanOrEqual(Math.ceil(people * 0.03));
  });

  it('counts nobody twice, within a part and over parts', () => {
    const once = registersOf(0, 5000);
    expect(mergeDistinct([once, registersOf(0, 5000), registersOf(2000, 4000)])).toEqual(once);
    expect(estimateDistinct(mergeDistinct([registersOf(0, 3000), registersOf(2000, 5000)]))).toBe(
      estimateDistinct(once),
    );
  });
});
