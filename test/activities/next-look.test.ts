import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { untilNextLookMs } from '../../src/activities/next-look.js';
import { openSendWindow, SEND_WITHIN_MS, SentTooLateError } from '../../src/activities/send-window.js';

/** Looks until the request may be sent again; `endsAtMs` is when it can no longer leave, on the looks' own clock. */
function looksAt(sends: number, endsAtMs: number): { looks: number[]; sentAgainMs: number } {
  const looks: number[] = [];
  for (let nowMs = 0; ; ) {
    looks.push(nowMs);
    const inMs = untilNextLookMs(looks.length, sends, nowMs - endsAtMs);
    if (inMs === null) return { looks, sentAgainMs: nowMs };
    nowMs += inMs;
  }
}

describe('looks for a request whose answer was missed', () => {
  it('are at 0, 5 and 20 seconds when it can no longer leave', () => {
    expect(looksAt(1, 0).looks).toEqual([0, 5_000, 20_000]);
  });

  it('go on until it cannot leave any more and TikTok has shown nothing for a while after', () => {
    expect(looksAt(1, SEND_WITHIN_MS).looks).toEqual([0, 5_000, 20_000, SEND_WITHIN_MS + 20_000]);
  });

  it('always end, after the last moment in which it could leave, and ever later the oftener it was sent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 60_000 }), (sends, endsAtMs) => {
        const { looks, sentAgainMs } = looksAt(sends, endsAtMs);
        expect(sentAgainMs).toBeGreaterThanOrEqual(endsAtMs + 20_000);
        expect(sentAgainMs).toBeGreaterThanOrEqual(looksAt(Math.max(1, sends - 1), endsAtMs).sentAgainMs);
        expect(sentAgainMs).toBeLessThanOrEqual(endsAtMs + 300_000);
        expect(looks.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('the time in which a request may leave', () => {
  const clocks = () => {
    const at = { monotonic: 1_000, wall: 1_700_000_000_000 };
    return { at, window: openSendWindow({ monotonic: () => at.monotonic, wall: () => at.wall }) };
  };

  it('lets it go soon after, and remembers that', () => {
    const { at, window } = clocks();
    at.monotonic += SEND_WITHIN_MS - 1;
    at.wall += SEND_WITHIN_MS - 1;
    expect(window.gone()).toBe(false);
    window.letGo();
    expect(window.gone()).toBe(true);
  });

  it.each(['monotonic', 'wall'] as const)('lets it not go when it is over by the %s clock', (clock) => {
    const { at, window } = clocks();
    at[clock] += SEND_WITHIN_MS;
    expect(() => window.letGo()).toThrow(SentTooLateError);
    expect(window.gone()).toBe(false);
  });
});
