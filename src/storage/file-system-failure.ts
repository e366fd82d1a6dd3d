import { StorageError } from './object-store.js';

/** The code of a failed system call, as `ENOENT`, or null for any other error. */
export function systemErrorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Full, over a quota or a limit; broken; read-only; a share that is gone. */
const DISK_FAILURES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS', 'ESTALE']);

/**
 * What failed when other code than the store read or wrote one of its files; null when it was not the disk.
 *
 * @param doing as of `storageFailure`
 */
export function diskFailure(error: unknown, doing: string): StorageError | null {
  const code = systemErrorCode(error);
  return code !== null && DISK_FAILURES.has(code) ? storageFailure(error, doing) : null;
}

/**
 * Turns a failed system call into a `StorageError`. EFBIG (a limit on the size of one file) counts as `full`: like a
 * full disk it needs an operator, and trying again soon does not help.
 *
 * @param doing what was tried, to follow "The store could not", as `read uploads/upl_1`
 */
export function storageFailure(error: unknown, doing: string): StorageError {
  if (error instanceof StorageError) return error;
  const code = systemErrorCode(error);
  switch (code) {
    case 'ENOENT':
      // That an object does not exist is said before it comes to this: something vanished under the store.
      return new StorageError(
        'unavailable',
        `The store could not ${doing}: a file it needs is gone (ENOENT)`,
        {
          cause: error,
        },
      );
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOTEMPTY':
    case 'EEXIST':
      return new StorageError(
        'bad_key',
        `The store could not ${doing}: one key cannot be the folder of another`,
        {
          cause: error,
        },
      );
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StorageError('full', `The store could not ${doing}: there is no space left (${code})`, {
        cause: error,
      });
    default:
      return new StorageError('unavailable', `The store could not ${doing}: ${code ?? 'unknown failure'}`, {
        cause: error,
      });
  }
}
