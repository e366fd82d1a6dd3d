import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  addDistinct,
  estimateDistinct,
  estimatePeople,
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

  it('is never more than the rows that were sent', () => {
    const counts = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000].map((rows) => ({
      rows,
      registers: registersOf(0, rows),
    }));
    expect(counts.some(({ rows, registers }) => estimateDistinct(registers) > rows)).toBe(true);
    for (const { rows, registers } of counts) {
      expect(estimatePeople([registers], rows)).toBe(Math.min(estimateDistinct(registers), rows));
    }
    expect(estimatePeople([registersOf(0, 500), registersOf(400, 900)], 1_000)).toBeLessThan(950);
  });

  it('counts nobody twice, within a part and over parts', () => {
    const once = registersOf(0, 5000);
    expect(mergeDistinct([once, registersOf(0, 5000), registersOf(2000, 4000)])).toEqual(once);
    expect(estimateDistinct(mergeDistinct([registersOf(0, 3000), registersOf(2000, 5000)]))).toBe(
      estimateDistinct(once),
    );
  });
});
