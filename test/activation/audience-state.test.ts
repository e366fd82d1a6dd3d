import { describe, expect, it } from 'vitest';
import { audienceState, tiktokWords } from '../../src/activation/audience-state.js';
import type { AudienceDetails } from '../../src/tiktok/client.js';

const HOUR_MS = 3_600_000;

const audience = (fields: Partial<AudienceDetails>): AudienceDetails => ({
  audienceId: '123456789',
  name: 'Buyers',
  type: 'Customer File Audience',
  calculateType: 'EMAIL_SHA256',
  coverNum: 0,
  isValid: false,
  isExpiring: false,
  isCreator: true,
  expiredTime: null,
  errorMessage: null,
  message: null,
  history: [],
  ...fields,
});

const MINUTE_MS = 60_000;
const NOW = new Date('2026-06-01T12:00:00Z');

const created = (elapsedMs: number) => ({ action: 'create' as const, elapsedMs, historyBefore: null });
const appended = (elapsedMs: number, historyBefore: string[] | null = null) => ({
  action: 'append' as const,
  elapsedMs,
  historyBefore,
});
const entry = {
  action: 'create',
  detail: null,
  editor: 'open_api',
  message: null,
  time: '2026-05-01 10:00:00',
};

describe('the state of an audience', () => {
  it.each([
    ['a fresh one is being processed', audience({}), created(0), 'processing'],
    ['a valid one is ready', audience({ isValid: true, coverNum: 5_000 }), created(0), 'ready'],
    [
      'one that nobody uses expires soon',
      audience({ isValid: true, isExpiring: true }),
      created(0),
      'expiring',
    ],
    ['one that TikTok does not know is gone', undefined, created(10 * MINUTE_MS), 'gone'],
    [
      'a new one that TikTok does not show yet is being processed',
      undefined,
      created(9 * MINUTE_MS),
      'processing',
    ],
    ['a changed one that TikTok does not show is gone sooner', undefined, appended(MINUTE_MS), 'gone'],
    ['but not at once', undefined, appended(5_000), 'processing'],
    [
      'an invalid one within two days is being processed, however few it has',
      audience({ coverNum: 10 }),
      created(47 * HOUR_MS),
      'processing',
    ],
    [
      'an invalid one of enough people is waited for after two days',
      audience({ coverNum: 5_000 }),
      created(49 * HOUR_MS),
      'processing',
    ],
    ['and has failed after a week', audience({ coverNum: 5_000 }), created(168 * HOUR_MS), 'failed'],
    [
      'one whose time is over has expired',
      audience({ expiredTime: '2026-06-01 11:59:59' }),
      created(0),
      'expired',
    ],
    [
      'a change that does not show yet leaves it as it was',
      audience({ isValid: true, coverNum: 5_000, history: [entry] }),
      appended(5_000, ['2026-05-01 10:00:00 create open_api']),
      'processing',
    ],
    [
      'a change that shows is done',
      audience({ isValid: true, coverNum: 5_000, history: [{ ...entry, action: 'append' }, entry] }),
      appended(5_000, ['2026-05-01 10:00:00 create open_api']),
      'ready',
    ],
    [
      'a refused size is too small',
      audience({ errorMessage: 'The audience size is less than 1000.' }),
      created(0),
      'too_small',
    ],
    ['another refusal is a failure', audience({ errorMessage: 'Unknown file.' }), created(0), 'failed'],
    [
      'an invalid one after two days is too small',
      audience({ coverNum: 999 }),
      created(48 * HOUR_MS),
      'too_small',
    ],
    [
      'a change that failed leaves a valid audience, and is no success',
      audience({ isValid: true, coverNum: 5_000, errorMessage: 'Failed.' }),
      appended(0),
      'failed',
    ],
    [
      'a message from before says nothing while a change is processed',
      audience({ coverNum: 5_000, errorMessage: 'Failed.' }),
      appended(0),
      'processing',
    ],
  ])('%s', (_, seen, operation, state) => {
    expect(audienceState(seen, operation, 'UTC', NOW).state).toBe(state);
  });

  it('tells the matched users where TikTok does', () => {
    const valid = audience({ isValid: true, coverNum: 5_000 });
    expect(audienceState(valid, created(0), null, NOW).matched).toBe(5_000);
    expect(audienceState(undefined, created(0), null, NOW).matched).toBeNull();
  });

  it('comes with TikTok’s own words, each once', () => {
    const spoken = audience({
      errorMessage: 'Too few.',
      message: ' ',
      history: [{ ...entry, message: 'Too few.' }],
    });
    expect(tiktokWords(spoken, null)).toBe('Too few.');
    expect(tiktokWords(spoken, 'Taken in part.')).toBe('Too few. · Taken in part.');
    expect(tiktokWords(audience({}), null)).toBeNull();
    expect(tiktokWords(audience({ message: 'x'.repeat(5_000) }), null)?.length).toBeLessThan(1_000);
  });
});
