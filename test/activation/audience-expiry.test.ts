import { describe, expect, it } from 'vitest';
import { hasExpired } from '../../src/activation/audience-expiry.js';

const NOON = new Date('2026-06-01T12:00:00Z');

describe('the end of an audience, which TikTok writes in the advertiser’s zone', () => {
  it.each([
    ['America/New_York', '2026-06-01 07:59:59', true],
    ['America/New_York', '2026-06-01 08:00:01', false],
    ['Asia/Tokyo', '2026-06-01 20:59:59', true],
    ['Asia/Tokyo', '2026-06-01 21:00:01', false],
    ['Etc/GMT-13', '2026-06-02 00:59:59', true],
    ['UTC', '2038-01-01 00:00:00', false],
  ])('in %s %s is over: %s', (zone, time, over) => {
    expect(hasExpired(time, zone, NOON)).toBe(over);
  });

  it('is over in an unknown zone only when it is over everywhere', () => {
    expect(hasExpired('2026-05-31 23:00:00', null, NOON)).toBe(false);
    expect(hasExpired('2026-05-31 21:00:00', null, NOON)).toBe(true);
    expect(hasExpired('2026-05-31 23:00:00', 'No/Where', NOON)).toBe(false);
  });

  it('is never over when TikTok names no time', () => {
    expect(hasExpired(null, 'UTC', NOON)).toBe(false);
    expect(hasExpired('never', 'UTC', NOON)).toBe(false);
  });
});
