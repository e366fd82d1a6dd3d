import { ApplicationFailureCategory } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ActivationFailure } from '../../src/activities/activation-failure.js';
import { toApplicationFailure } from '../../src/activities/application-failure.js';
import { PartBusyError } from '../../src/activities/prepare-part.js';
import { StillUnauthorizedError } from '../../src/activities/reconnect.js';
import { ConnectionUnusableError } from '../../src/connections/connection-unusable-error.js';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { StorageError } from '../../src/storage/object-store.js';
import { TikTokError, type TikTokErrorClass, type TikTokErrorDetails } from '../../src/tiktok/errors.js';

const tiktokError = (errorClass: TikTokErrorClass, special: Partial<TikTokErrorDetails> = {}) =>
  new TikTokError(errorClass, 'TikTok said no.', {
    code: 1,
    httpStatus: 200,
    requestId: 'request',
    endpoint: 'dmp/custom_audience/create/',
    advice: 'Do something.',
    ...special,
  });

/** The delays of failures in a row, until one ends the run. */
function delaysOf(error: TikTokError, most = 12): (number | 'final')[] {
  const delays: (number | 'final')[] = [];
  for (let tries = {}, count = 0; count < most; count += 1) {
    const mapped = toApplicationFailure(error, tries);
    if (mapped.failure.nonRetryable) return [...delays, 'final'];
    delays.push(Number(mapped.failure.nextRetryDelay));
    tries = mapped.tries;
  }
  return delays;
}

const inMs = (waitMs: number) => ({ until: new Date(Date.now() + waitMs), waitMs });

describe('a disk that fails under the engine', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ESTALE'])('is waited for and shown: %s', (code) => {
    const { failure, wait } = toApplicationFailure(Object.assign(new Error('a system call'), { code }), {});
    expect(failure.nonRetryable).toBe(false);
    expect(failure.type).toMatch(/^storage_/);
    expect(wait).toMatchObject({ kind: 'storage' });
  });
});

describe('what can never succeed', () => {
  it.each([
    ['a bad file', new CustomerFileError('empty_file', 'The file is empty.'), 'empty_file'],
    [
      'an impossible destination',
      new ActivationFailure('audience_not_found', 'No audience.'),
      'audience_not_found',
    ],
    ['an upload that is gone', new ActivationFailure('upload_gone', 'It has expired.'), 'upload_gone'],
    ['a refusal by TikTok', tiktokError('invalid'), 'tiktok_refused'],
    ['a file that TikTok refuses', tiktokError('file'), 'file_refused'],
  ])('ends the run: %s', (_, error, type) => {
    const { failure, wait } = toApplicationFailure(error, {});
    expect(failure).toMatchObject({ type, nonRetryable: true, message: error.message });
    expect(wait).toBeNull();
  });

  it('ends the attempt but not the run when a person must sign in again, and says which authorization failed', () => {
    const attention = { code: 'reconnect_tiktok', title: 'Reconnect', detail: 'Sign in again.' };
    const { failure } = toApplicationFailure(new ConnectionUnusableError('con_1', 7, attention), {});
    expect(failure).toMatchObject({ type: 'reconnect_required', nonRetryable: true });
    expect(failure.details).toEqual([{ version: 7, attention }]);
  });
});

describe('what passes', () => {
  it.each([
    ['an outage of TikTok', tiktokError('transient'), 'tiktok_unavailable', 2_000],
    ['an audience that is being processed', tiktokError('not_editable'), 'audience_busy', 30_000],
    ['a full disk', new StorageError('full', 'No space is left.'), 'storage', 2_000],
    ['a store without what it should have', new StorageError('not_found', 'No object'), 'storage', 2_000],
  ])('is tried again and shown: %s', (_, error, kind, delayMs) => {
    const { failure, wait } = toApplicationFailure(error, {});
    expect(failure).toMatchObject({ nonRetryable: false, nextRetryDelay: delayMs });
    expect(wait).toMatchObject({ kind });
  });

  it("is told with what to check when a worker's store is not the one of the database", () => {
    const { failure } = toApplicationFailure(new StorageError('not_found', 'The store has no object a'), {});
    expect(failure.type).toBe('storage_not_found');
    expect(failure.message).toMatch(/^The store has no object a\. .*check that STORAGE_URL of this worker/);
  });

  it('is tried ever less often, for as long as it takes', () => {
    const second = 1_000;
    expect(delaysOf(tiktokError('transient'), 8)).toEqual(
      [2, 4, 8, 16, 32, 60, 60, 60].map((count) => count * second),
    );
    expect(delaysOf(tiktokError('transient', { code: 60001, retry: 'slowly' }), 6)).toEqual(
      [60, 120, 240, 480, 900, 900].map((count) => count * second),
    );
  });

  it.each([new PartBusyError('busy'), new StillUnauthorizedError('still')])(
    'makes no noise about what is part of the normal course: %s',
    (error) => {
      expect(toApplicationFailure(error, {}).failure.category).toBe(ApplicationFailureCategory.BENIGN);
    },
  );
});

describe('a code that is repeated, but not for ever', () => {
  it('ends the run after so many tries of that code', () => {
    expect(delaysOf(tiktokError('invalid', { code: 40700, retry: 'once' }))).toEqual([2_000, 'final']);
    expect(delaysOf(tiktokError('file', { code: 40900, retry: 'once' }))).toEqual([2_000, 'final']);
    expect(delaysOf(tiktokError('transient', { code: 53102, retry: 'few_times' }))).toEqual([
      2_000,
      4_000,
      8_000,
      16_000,
      'final',
    ]);
  });

  it('counts neither outages nor waits for the rate limit as such tries', () => {
    const outage = toApplicationFailure(tiktokError('transient'), {});
    const limit = toApplicationFailure(tiktokError('rate_limit', { wait: inMs(1_000) }), outage.tries);
    const refusal = tiktokError('invalid', { code: 40700, retry: 'once' });
    expect(toApplicationFailure(refusal, limit.tries).failure.nonRetryable).toBe(false);
  });

  it('says at the end what to do, and which call it was', () => {
    const { failure } = toApplicationFailure(tiktokError('invalid'), {});
    expect(failure.details).toEqual([{ help: 'Do something.', requestId: 'request' }]);
    const inVain = { code: 53102, retry: 'once', mender: 'nobody' } as const;
    const last = toApplicationFailure(tiktokError('transient', inVain), { tiktok_code_53102: 1 });
    expect(last.failure.details).toEqual([
      { help: 'Ask TikTok support, with the request id.', requestId: 'request' },
    ]);
  });
});

describe("a wait for TikTok's rate limit", () => {
  it('is no try, and as long as the limit wants it', () => {
    const before = { tiktok_unavailable: 3 };
    const { failure, tries } = toApplicationFailure(tiktokError('rate_limit', { wait: inMs(1_500) }), before);
    expect(failure).toMatchObject({
      nonRetryable: false,
      nextRetryDelay: 1_500,
      category: ApplicationFailureCategory.BENIGN,
    });
    expect(tries).toEqual(before);
  });

  it('is shown with its end when it is worth it', () => {
    const short = toApplicationFailure(tiktokError('rate_limit', { wait: inMs(900) }), {});
    expect(short.wait).toBeNull();
    const wait = { until: new Date('2026-11-24T14:05:00Z'), waitMs: 290_000 };
    const long = toApplicationFailure(tiktokError('rate_limit', { wait }), {});
    expect(long.wait).toEqual({ kind: 'rate_limit', until: wait.until });
    expect(long.failure.message).toContain('14:05 UTC');
  });

  it('is left to the workflow when it is long and the workflow can wait', () => {
    const wait = { until: new Date('2026-11-24T00:00:00Z'), waitMs: 9 * 3_600_000 };
    const { failure } = toApplicationFailure(tiktokError('rate_limit', { wait }), {}, true);
    expect(failure).toMatchObject({ type: 'tiktok_rate_limit_pause', nonRetryable: true });
    expect(failure.details).toEqual([{ waitMs: wait.waitMs, until: '2026-11-24T00:00:00.000Z' }]);
    expect(toApplicationFailure(tiktokError('rate_limit', { wait }), {}, false).failure.nonRetryable).toBe(
      false,
    );
    const short = toApplicationFailure(tiktokError('rate_limit', { wait: inMs(3_000) }), {}, true);
    expect(short.failure.nonRetryable).toBe(false);
  });
});

describe('a database that is out of reach', () => {
  it.each([
    ['refuses', Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' })],
    ['breaks off', new Error('Connection terminated unexpectedly')],
    ['is starting', Object.assign(new Error('the database system is starting up'), { code: '57P03' })],
  ])('is named in words and waited for: it %s', (_, error) => {
    const { failure } = toApplicationFailure(error, {});
    expect(failure).toMatchObject({ type: 'database_unavailable', nonRetryable: false });
    expect(failure.message).toBe('The database does not answer. The run tries again until it does.');
  });
});

describe('what nobody expected', () => {
  it('is tried again without its text, which could quote a row', () => {
    const { failure } = toApplicationFailure(new TypeError('cannot read jane@example.com'), {});
    expect(failure.nonRetryable).toBe(false);
    expect(failure.message).toContain('TypeError');
    expect(failure.message).not.toContain('jane');
  });

  it('keeps the text of a system error, which says what it lacks', () => {
    const error = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    expect(toApplicationFailure(error, {}).failure.message).toContain('too many open files');
  });
});
