import { type ByteRange, StorageError } from './object-store.js';

/** S3 allows 1,024 bytes for a whole key, including a store's own prefix; file systems 255 for one name. */
const LONGEST_KEY = 900;
const LONGEST_SEGMENT = 200;

/**
 * A segment neither begins nor ends with a dot: `.` and `..` would leave the store, a hidden file would be missed by
 * an operator, and Windows drops a dot at the end, so that two keys would mean one file.
 */
const SEGMENT = /^[a-z0-9_-](?:[a-z0-9._-]*[a-z0-9_-])?$/;
const PREFIX = /^[a-z0-9._/-]*$/;

/** Whether it is a relative path of plain names. */
export function isObjectKey(key: string): boolean {
  const segments = key.split('/');
  const plain = segments.every((segment) => segment.length <= LONGEST_SEGMENT && SEGMENT.test(segment));
  return plain && key.length <= LONGEST_KEY;
}

/** Refuses everything else with `bad_key`. */
export function assertObjectKey(key: string): void {
  if (!isObjectKey(key)) {
    throw new StorageError(
      'bad_key',
      `${JSON.stringify(key.slice(0, LONGEST_KEY))} cannot be the key of an object: a key is a relative path of ` +
        `lower-case letters, digits, "-", "_" and ".", at most ${LONGEST_KEY} characters long`,
    );
  }
}

/** A prefix may end anywhere in a key, but must not lead out of the store. */
export function assertKeyPrefix(prefix: string): void {
  const leaves = prefix.startsWith('/') || prefix.split('/').some((segment) => /^\.+$/.test(segment));
  if (leaves || prefix.includes('//') || !PREFIX.test(prefix)) {
    throw new StorageError('bad_key', `${JSON.stringify(prefix)} cannot begin the key of an object`);
  }
}

/**
 * The range to read of an object of `size` bytes: all of it, or the one asked for. A range that the object does not
 * have fails as `not_found` instead of being cut short: whoever asked believes in another object than this one, and
 * would otherwise count rows of a file that is not there.
 */
export function rangeWithin(key: string, size: number, range: ByteRange | undefined): ByteRange {
  if (range === undefined) return { start: 0, end: size };
  const { start, end } = range;
  const wellFormed = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end;
  if (!wellFormed || end > size) {
    throw new StorageError(
      'not_found',
      `${key} has ${size} bytes, so there is no range from ${start} to ${end} in it`,
    );
  }
  return range;
}
