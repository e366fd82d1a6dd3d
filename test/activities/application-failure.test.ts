import { ApplicationFailureCategory } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ActivationFailure } from '../../src/activities/activation-failure.js';
import { toApplicationFailure } from '../../src/activities/application-failure.js';
import { PartBusyError } from '../../src/activities/prepare-part.js';
import { StillUnauthorizedError } from '../../src/activities/reconnect.js';
import { ConnectionUnusableError } from '../../src/connections/connection-unusable-error.js';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { StorageError } from '../../src/storage/object-store.js';
import { TikTokError, type TikTokErrorClass } from '../../src/tiktok/errors.js';

const tiktokError = (errorClass: TikTokErrorClass, code = 1) =>
  new TikTokError(errorClass, 'TikTok said no.', {
    code,
    httpStatus: 200,
    requestId: 'request',
    endpoint: 'dmp/custom_audience/create/',
    advice: 'Do something.',
  });

describe('what can never succeed', () => {
  it.each([
    ['a bad file', new CustomerFileError('empty_file', 'The file is empty.'), 'empty_file'],
    [
      'an impossible destination',
      new ActivationFailure('audience_not_found', 'No audience.'),
      'audience_not_found',
    ],
    ['an upload that is gone', new StorageError('not_found', 'No object.'), 'upload_gone'],
    ['a refusal by TikTok', tiktokError('invalid'), 'tiktok_refused'],
    ['a file that TikTok refuses', tiktokError('file'), 'file_refused'],
  ])('ends the run: %s', (_, error, type) => {
    const { failure, wait } = toApplicationFailure(error, 1);
    expect(failure).toMatchObject({ type, nonRetryable: true, message: error.message });
    expect(wait).toBeNull();
  });

  it('ends the attempt but not the run when a person must sign in again, and says which authorization failed', () => {
    const attention = { code: 'reconnect_tiktok', title: 'Reconnect', detail: 'Sign in again.' };
    const { failure } = toApplicationFailure(new ConnectionUnusableError('con_1', 7, attention), 1);
    expect(failure).toMatchObject({ type: 'reconnect_required', nonRetryable: true });
    expect(failure.details).toEqual([{ version: 7, attention }]);
  });
});

describe('what passes', () => {
  it.each([
    ['an outage of TikTok', tiktokError('transient'), 'tiktok_unavailable', null],
    ['an audience that is being processed', tiktokError('not_editable'), 'audience_busy', 30_000],
    ['a full disk', new StorageError('full', 'No space is left.'), 'storage', null],
  ])('is tried again and shown: %s', (_, error, kind, delayMs) => {
    const { failure, wait } = toApplicationFailure(error, 1);
    expect(failure.nonRetryable).toBe(false);
    expect(wait).toEqual({ kind, delayMs });
  });

  it('waits a second, then longer, then the five minutes that TikTok blocks after a minute limit', () => {
    const delays = [1, 2, 3, 4, 5, 6].map(
      (attempt) => toApplicationFailure(tiktokError('rate_limit'), attempt).wait?.delayMs,
    );
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 300_000, 300_000]);
  });

  it.each([new PartBusyError('busy'), new StillUnauthorizedError('still')])(
    'makes no noise about what is part of the normal course: %s',
    (error) => {
      expect(toApplicationFailure(error, 1).failure.category).toBe(ApplicationFailureCategory.BENIGN);
    },
  );
});

describe('a file that was damaged on its way to TikTok', () => {
  it('is uploaded again once, and then ends the run', () => {
    expect(toApplicationFailure(tiktokError('file', 40900), 1).failure.nonRetryable).toBe(false);
    expect(toApplicationFailure(tiktokError('file', 40900), 2).failure.nonRetryable).toBe(true);
  });
});

describe('what nobody expected', () => {
  it('is tried again without its text, which could quote a row', () => {
    const { failure } = toApplicationFailure(new TypeError('cannot read jane@example.com'), 1);
    expect(failure.nonRetryable).toBe(false);
    expect(failure.message).toContain('TypeError');
    expect(failure.message).not.toContain('jane');
  });

  it('keeps the text of a system error, which says what is out of reach', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5433'), { code: 'ECONNREFUSED' });
    expect(toApplicationFailure(error, 1).failure.message).toContain('ECONNREFUSED');
  });
});
