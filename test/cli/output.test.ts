import { describe, expect, it } from 'vitest';
import { createOutput, type Output } from '../../src/cli/output.js';
import { formatBytes, formatDuration } from '../../src/cli/quantities.js';
import { TransferRate } from '../../src/cli/transfer-rate.js';

function recorded(isTTY: boolean): { output: Output; text: () => string } {
  let written = '';
  const stream = {
    isTTY,
    columns: 60,
    write(text: string) {
      written += text;
    },
  };
  return { output: createOutput(stream, stream), text: () => written };
}

describe('output', () => {
  it('without a terminal is plain lines: one at each new label and each tenth of the way', () => {
    const { output, text } = recorded(false);
    for (let n = 0; n <= 100; n += 1)
      output.live({ label: 'Uploading', fraction: n / 100, detail: `${n} B` });
    output.live({ label: 'Matching', fraction: null, detail: '' });
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe('Uploading: 0 %  0 B');
    expect(lines[10]).toBe('Uploading: 100 %  100 B');
    expect(lines[11]).toBe('Matching');
    expect(text()).not.toContain('\u001b');
  });

  it('on a terminal redraws one line that is never wider than the terminal', () => {
    const { output, text } = recorded(true);
    output.live({ label: 'Uploading', fraction: 0.5, detail: 'x'.repeat(200) });
    output.say('done');
    const drawn = text().split('\r\u001b[2K');
    expect(drawn[1]).toContain('████████████░░░░░░░░░░░░');
    expect(drawn[1]).toHaveLength(59);
    expect(drawn.at(-1)).toBe('done\n');
  });

  it("lets no control character of other people's text reach the terminal", () => {
    const { output, text } = recorded(true);
    output.say('evil\u001b[31m\u0007name');
    expect(text()).toBe('evil[31mname\n');
  });
});

describe('quantities', () => {
  it('are written for people', () => {
    expect([608.44, 999, 1000, 12_345_678].map(formatBytes)).toEqual(['608 B', '999 B', '1.0 kB', '12.3 MB']);
    expect([5, 65, 3725].map(formatDuration)).toEqual(['0:05', '1:05', '1:02:05']);
  });
});

describe('TransferRate', () => {
  it('knows nothing at the first look and counts what was there before as no work', () => {
    const rate = new TransferRate();
    expect(rate.add(5_000_000, 10_000_000, 0).perSecond).toBeNull();
    expect(rate.add(6_000_000, 10_000_000, 1)).toEqual({ perSecond: 1_000_000, secondsLeft: 4 });
  });

  it('follows a change of speed within seconds', () => {
    const rate = new TransferRate();
    for (let second = 0; second <= 60; second += 1) rate.add(second * 1000, 1e9, second);
    for (let second = 61; second <= 66; second += 1) rate.add(60_000 + (second - 60) * 10, 1e9, second);
    expect(rate.add(60_070, 1e9, 67).perSecond).toBeCloseTo(10, 0);
  });

  it('never shows a negative speed after the server kept less than was sent', () => {
    const rate = new TransferRate();
    rate.add(5000, 10_000, 0);
    expect(rate.add(1000, 10_000, 1).perSecond).toBeNull();
    expect(rate.add(2000, 10_000, 2).perSecond).toBe(1000);
  });
});
