import { describe, expect, it } from 'vitest';
import { endAttention, type RunEnd } from '../../src/activation/end-attention.js';

const received: RunEnd['received'] = {
  files: 2,
  published: true,
  outcomeUnknown: false,
  audienceId: '195',
  oneTimeName: null,
};
const end: RunEnd = {
  outcome: 'completed',
  cutOff: false,
  action: 'create',
  name: 'Buyers',
  audienceState: 'ready',
  words: null,
  received,
};
const nothing = { ...received, files: 0, published: false, audienceId: null };

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
    const told = endAttention({ ...end, received: { ...received, oneTimeName: 'Buyers · act_1' } });
    expect(told).toMatchObject({
      code: 'audience_not_renamed',
      detail: expect.stringContaining('Buyers · act_1'),
    });
  });

  it.each([
    ['has created the audience “Buyers” (195)', {}],
    ['its answer is not known', { published: false, outcomeUnknown: true }],
    ['has received 2 hashed files', { published: false }],
    ['has received nothing', nothing],
  ])('of a canceled run is that TikTok %s', (words, changes) => {
    const told = endAttention({ ...end, outcome: 'canceled', received: { ...received, ...changes } });
    expect(told).toMatchObject({ code: 'canceled', detail: expect.stringContaining(words) });
  });

  it.each([
    ['create', 'delete the audience'],
    ['append', 'removes the same file'],
    ['remove', 'appends the same file'],
    ['replace', 'cannot be undone'],
  ] as const)(
    'of a canceled run that TikTok has published (%s) is also how it is undone',
    (action, words) => {
      expect(endAttention({ ...end, outcome: 'canceled', action })?.detail).toContain(words);
    },
  );

  it('of a run that was canceled before it is that it can be retried, unless the outcome is not known', () => {
    const before = { ...end, outcome: 'canceled', received: { ...received, published: false } } as const;
    expect(endAttention(before)?.detail).toContain('retry the run');
    const unknown = { ...before, received: { ...before.received, outcomeUnknown: true } };
    expect(endAttention(unknown)?.detail).not.toContain('retry');
  });

  it('of a run that failed after the publication is that the audience exists, and not to start again', () => {
    const told = endAttention({ ...end, outcome: 'failed' });
    expect(told).toMatchObject({ code: 'audience_exists', title: 'The audience exists at TikTok' });
    expect(told?.detail).toContain('2 hashed files, and has created the audience “Buyers” (195)');
    expect(told?.detail).toContain('would make a second audience');
    const changed = endAttention({ ...end, outcome: 'failed', action: 'append', name: null });
    expect(changed?.detail).toContain('has taken the change of the audience (195)');
  });

  it('of a run that failed before it is what TikTok has, where it has anything', () => {
    const before = { ...end, outcome: 'failed', received: { ...received, published: false } } as const;
    expect(endAttention(before)).toMatchObject({ code: 'not_published' });
    expect(endAttention({ ...before, received: nothing })).toBeNull();
    const unknown = { ...received, published: false, outcomeUnknown: true, oneTimeName: 'Buyers · act_1' };
    expect(endAttention({ ...before, received: unknown })).toMatchObject({
      code: 'outcome_unknown',
      detail: expect.stringContaining('“Buyers · act_1”'),
    });
  });

  it('of a run that Temporal ended always says what TikTok has', () => {
    const cutOff = { ...end, outcome: 'failed', cutOff: true, received: nothing } as const;
    expect(endAttention(cutOff)).toMatchObject({ detail: 'TikTok has received nothing.' });
  });
});
