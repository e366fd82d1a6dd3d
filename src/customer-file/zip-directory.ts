import { damagedArchive, notOneFile, unsupportedArchive } from './archive-errors.js';
import { type PackedBytes, readRange } from './packed-bytes.js';

/** What the directory of a zip archive says of one entry. */
export interface ZipRecord {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

interface ZipDirectory {
  readonly records: readonly ZipRecord[];
  /** Where the directory begins: behind the last file. */
  readonly offset: number;
}

interface DirectoryPlace {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END = 0x06064b50;
const ZIP64_END_BYTES = 56;
const RECORD = 0x02014b50;
const RECORD_BYTES = 46;
const ZIP64_EXTRA = 0x0001;
/** "The true value is in the ZIP64 field." */
const ELSEWHERE_16 = 0xffff;
const ELSEWHERE_32 = 0xffffffff;

/** A list of one file needs some hundred bytes; this many hold thousands of files. */
const LARGEST_DIRECTORY = 1024 * 1024;

/** Reads the directory at the end of a zip archive. Throws `damaged_archive`, `unsupported_archive`, `archive_without_one_file`. */
export async function readZipDirectory(packed: PackedBytes): Promise<ZipDirectory> {
  const place = await findDirectory(packed);
  if (place.size > LARGEST_DIRECTORY) throw notOneFile(place.entries);
  if (place.offset + place.size > packed.size) throw damagedArchive('its directory points outside of it.');
  const bytes = await readRange(packed, place.offset, place.offset + place.size);
  const records: ZipRecord[] = [];
  let at = 0;
  while (records.length < place.entries) {
    if (at + RECORD_BYTES > bytes.length || bytes.readUInt32LE(at) !== RECORD) {
      throw damagedArchive('its directory is not complete.');
    }
    const nameEnd = at + RECORD_BYTES + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    if (extraEnd > bytes.length) throw damagedArchive('its directory is not complete.');
    records.push(toRecord(bytes.subarray(at, nameEnd), bytes.subarray(nameEnd, extraEnd)));
    at = extraEnd + bytes.readUInt16LE(at + 32);
  }
  return { records, offset: place.offset };
}

async function findDirectory(packed: PackedBytes): Promise<DirectoryPlace> {
  const tailStart = Math.max(0, packed.size - END_BYTES - LONGEST_COMMENT);
  const tail = await readRange(packed, tailStart, packed.size);
  const at = endRecord(tail);
  if (at === null) throw damagedArchive('its end is missing.');
  const end = tail.subarray(at);
  const place = {
    entries: end.readUInt16LE(10),
    size: end.readUInt32LE(12),
    offset: end.readUInt32LE(16),
  };
  if (
    place.entries !== ELSEWHERE_16 &&
    place.size !== ELSEWHERE_32 &&
    place.offset !== ELSEWHERE_32 &&
    end.readUInt16LE(4) !== ELSEWHERE_16
  ) {
    if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0) throw severalVolumes();
    return place;
  }
  return readZip64End(packed, tailStart + at);
}

/** The end record closes the file: only a comment follows, whose length it tells. Searched from the back. */
function endRecord(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at;
  }
  return null;
}

async function readZip64End(packed: PackedBytes, endOffset: number): Promise<DirectoryPlace> {
  const locatorOffset = endOffset - ZIP64_LOCATOR_BYTES;
  if (locatorOffset < 0) throw damagedArchive('its end is not complete.');
  const locator = await readRange(packed, locatorOffset, endOffset);
  if (locator.readUInt32LE(0) !== ZIP64_LOCATOR) throw damagedArchive('its end is not complete.');
  if (locator.readUInt32LE(16) > 1) throw severalVolumes();
  const offset = toNumber(locator.readBigUInt64LE(8));
  if (offset + ZIP64_END_BYTES > locatorOffset) throw damagedArchive('its end is not complete.');
  const end = await readRange(packed, offset, offset + ZIP64_END_BYTES);
  if (end.readUInt32LE(0) !== ZIP64_END) throw damagedArchive('its end is not complete.');
  return {
    entries: toNumber(end.readBigUInt64LE(32)),
    size: toNumber(end.readBigUInt64LE(40)),
    offset: toNumber(end.readBigUInt64LE(48)),
  };
}

function toRecord(fixed: Buffer, extra: Buffer): ZipRecord {
  const zip64 = zip64Numbers(extra);
  const wide = (value: number): number => (value === ELSEWHERE_32 ? zip64() : value);
  // The ZIP64 field has only the numbers that did not fit, in this order.
  const size = wide(fixed.readUInt32LE(24));
  const compressedSize = wide(fixed.readUInt32LE(20));
  const headerOffset = wide(fixed.readUInt32LE(42));
  return {
    name: fixed.toString('utf8', RECORD_BYTES),
    flags: fixed.readUInt16LE(8),
    method: fixed.readUInt16LE(10),
    crc32: fixed.readUInt32LE(16),
    compressedSize,
    size,
    headerOffset,
  };
}

/** Gives the 64-bit numbers of the ZIP64 extra field, one a call. */
function zip64Numbers(extra: Buffer): () => number {
  let numbers = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_EXTRA) numbers = Buffer.from(extra.subarray(at + 4, end));
    at = end;
  }
  let at = 0;
  return () => {
    if (at + 8 > numbers.length) throw damagedArchive('its directory is not complete.');
    const value = toNumber(numbers.readBigUInt64LE(at));
    at += 8;
    return value;
  };
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw damagedArchive('its directory points outside of it.');
  return number;
}

function severalVolumes() {
  return unsupportedArchive('is one of several volumes that belong together');
}
