import { describe, expect, it } from 'vitest';
import { endAttention } from '../../src/activities/end-attention.js';

const end = {
  outcome: 'completed',
  audienceState: 'ready',
  words: null,
  unnamed: null,
  published: true,
  outcomeUnknown: false,
  uploaded: 2,
} as const;

describe('what a person is told at the end of a run', () => {
  it('is nothing when the audience is ready under its name', () => {
    expect(endAttention(end)).toBeNull();
  });

  it.each([
    ['too_small', 'audience_too_small'],
    ['failed', 'audience_failed'],
    ['expired', 'audience_expired'],
  ])('has TikTok’s own words when the audience is %s', (audienceState, code) => {
    const told = endAttention({ ...end, audienceState, words: 'Because of X.' });
    expect(told).toMatchObject({ code, detail: expect.stringContaining('TikTok says: “Because of X.”') });
  });

  it('is the name that the audience still has when TikTok let it not be renamed', () => {
    const told = endAttention({ ...end, unnamed: 'Buyers · act_1' });
    expect(told).toMatchObject({
      code: 'audience_not_renamed',
      detail: expect.stringContaining('Buyers · act_1'),
    });
  });

  it.each([
    ['has built or changed the audience', { published: true }],
    ['its answer is not known', { published: false, outcomeUnknown: true }],
    ['has received 2 hashed files', { published: false }],
    ['has received nothing', { published: false, uploaded: 0 }],
  ])('of a canceled run is that TikTok %s', (words, changes) => {
    const told = endAttention({ ...end, ...changes, outcome: 'canceled' });
    expect(told).toMatchObject({ code: 'canceled', detail: expect.stringContaining(words) });
  });
});
