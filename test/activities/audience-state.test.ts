import { describe, expect, it } from 'vitest';
import { audienceState } from '../../src/activities/audience-state.js';
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

const created = (elapsedMs: number) => ({ action: 'create' as const, elapsedMs });
const appended = (elapsedMs: number) => ({ action: 'append' as const, elapsedMs });

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
    ['one that TikTok does not know is gone', undefined, created(0), 'gone'],
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
    expect(audienceState(seen, operation).state).toBe(state);
  });

  it('tells the matched users where TikTok does', () => {
    expect(audienceState(audience({ isValid: true, coverNum: 5_000 }), created(0)).matched).toBe(5_000);
    expect(audienceState(undefined, created(0)).matched).toBeNull();
  });
});
