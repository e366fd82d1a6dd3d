import { describe, expect, it } from 'vitest';
import { matchRate } from '../../src/api/activations/match-rate.js';

describe('the match rate', () => {
  const ready = { action: 'create', state: 'ready', matched: 750 } as const;

  it('is matched users by different people sent, with its formula', () => {
    expect(matchRate(ready, 1_000)).toMatchObject({ estimate: 0.75, matched: 750, peopleSent: 1_000 });
    expect(matchRate(ready, 1_000)?.formula).toContain('÷');
    expect(matchRate({ ...ready, action: 'replace' }, 3_000)?.estimate).toBe(0.25);
  });

  it.each([
    ['TikTok is still matching', { ...ready, state: 'processing' as const }, 1_000],
    ['TikTok tells no size', { ...ready, matched: null }, 1_000],
    [
      'TikTok shows no size, as the audience is too small',
      { ...ready, state: 'too_small' as const, matched: 0 },
      1_000,
    ],
    ['nobody was sent', ready, 0],
    ['others were in the audience before', { ...ready, action: 'append' as const }, 1_000],
    ['people were removed', { ...ready, action: 'remove' as const }, 1_000],
  ])('is not told when %s', (_, audience, sent) => {
    expect(matchRate(audience, sent)).toBeNull();
  });
});
