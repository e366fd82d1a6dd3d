import { describe, expect, it } from 'vitest';
import { storageFailure } from '../../src/storage/file-system-failure.js';
import { StorageError } from '../../src/storage/object-store.js';

describe('a failed system call', () => {
  it.each([
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EFBIG', 'full'],
    ['ENOENT', 'unavailable'],
    ['ENOTDIR', 'bad_key'],
    ['EIO', 'unavailable'],
    ['EMFILE', 'unavailable'],
    ['EROFS', 'unavailable'],
  ])('%s is the storage error %s', (code, expected) => {
    const cause = Object.assign(new Error(code), { code });
    const error = storageFailure(cause, 'put uploads/upl_1');
    expect(error).toMatchObject({ name: 'StorageError', code: expected, cause });
    expect(error.message).toContain('put uploads/upl_1');
  });

  it('stays the storage error that it is', () => {
    const error = new StorageError('bad_key', 'no');
    expect(storageFailure(error, 'put x')).toBe(error);
  });
});
