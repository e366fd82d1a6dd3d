import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Checkpoints, checkpointAt, intervalFor } from '../../src/customer-file/checkpoints.js';

describe('checkpoints', () => {
  it('stand before every row of a small file', () => {
    const checkpoints = new Checkpoints(6, 2);
    for (let row = 1; row <= 10; row++) checkpoints.addRow(6 + row * 20, 2 + row);
    expect(checkpoints.interval).toBe(1);
    expect(checkpointAt(checkpoints.toTable(), 0)).toEqual({ row: 0, offset: 6, line: 2 });
    expect(checkpointAt(checkpoints.toTable(), 7)).toEqual({ row: 7, offset: 146, line: 9 });
  });

  it('thin out over a large one and stay where the rows begin', () => {
    const checkpoints = new Checkpoints(6, 2, 8);
    for (let row = 1; row <= 1000; row++) checkpoints.addRow(6 + row * 20, 2 + row);
    expect(checkpoints.rows).toBe(1000);
    expect(checkpoints.interval).toBe(128);
    for (let row = 0; row < 1000; row += 128) {
      expect(checkpointAt(checkpoints.toTable(), row)).toEqual({ row, offset: 6 + row * 20, line: 2 + row });
    }
  });

  it('are the same when rows are added many at once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (counts) => {
        const one = new Checkpoints(6, 2, 8);
        const many = new Checkpoints(6, 2, 8);
        let before = 0;
        for (const count of counts) {
          const offsetAt = (n: number) => 6 + (before + n) * 20;
          const lineAt = (n: number) => 2 + before + n;
          for (let n = 1; n <= count; n++) one.addRow(offsetAt(n), lineAt(n));
          many.addRows(count, offsetAt, lineAt);
          before += count;
        }
        expect(many.toTable()).toEqual(one.toTable());
        expect(one.interval).toBe(intervalFor(one.rows, 8));
      }),
    );
  });
});
