import { damagedArchive, encryptedArchive, notOneFile, unsupportedArchive } from './archive-errors.js';
import { type PackedBytes, readRange } from './packed-bytes.js';
import { openDocument, workbook } from './refuse-binary.js';
import { readZipDirectory, type ZipRecord } from './zip-directory.js';

/** The one file of a zip archive: where its bytes lie, and what must come out of them. */
export interface ZipEntry {
  readonly start: number;
  readonly end: number;
  readonly compressed: boolean;
  readonly size: number;
  readonly crc32: number;
}

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const ENCRYPTED = 0x0001;
/** Method of the AES encryption that WinZip and 7-Zip use. */
const AES = 99;
const STORED = 0;
const DEFLATED = 8;

/** Entries that programs add by themselves: folders, and what macOS puts beside every file. */
const BESIDE = /\/$|(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;
const WORKBOOK = /^(?:\[Content_Types\]\.xml|xl\/)/;
const OPEN_DOCUMENT = /^META-INF\/manifest\.xml$/;

/**
 * Finds the one file of a zip archive by its directory, as APPNOTE.TXT 6.3 describes it, ZIP64 included. Throws
 * `archive_without_one_file`, `encrypted_archive`, `unsupported_archive`, `damaged_archive`, and `not_text` for the
 * documents of spreadsheet programs, which are zip archives too. Names of entries are never spoken of.
 */
export async function findOnlyEntry(packed: PackedBytes): Promise<ZipEntry> {
  const { records, offset } = await readZipDirectory(packed);
  if (records.some(({ name }) => WORKBOOK.test(name))) throw workbook();
  if (records.some(({ name }) => OPEN_DOCUMENT.test(name))) throw openDocument();
  const files = records.filter(({ name }) => !BESIDE.test(name));
  const [file] = files;
  if (file === undefined || files.length > 1) throw notOneFile(files.length);
  if ((file.flags & ENCRYPTED) !== 0 || file.method === AES) throw encryptedArchive();
  if (file.method !== STORED && file.method !== DEFLATED) {
    throw unsupportedArchive('is compressed in another way than the usual one (Deflate)');
  }
  const start = await dataStart(packed, file);
  const end = start + file.compressedSize;
  if (end > offset) throw damagedArchive('its directory points outside of it.');
  return { start, end, compressed: file.method === DEFLATED, size: file.size, crc32: file.crc32 };
}

/**
 * Whether so many bytes may have come out of the entry. Archive Utility of macOS writes no ZIP64 fields: of the size of a
 * file over 4 GiB it leaves the lower 32 bits. The checksum tells the rest.
 */
export function isSizeOf(entry: Pick<ZipEntry, 'size'>, bytes: number): boolean {
  return entry.size === bytes || entry.size === bytes % 2 ** 32;
}

/** The header before the data repeats the name, and its extra field may have another length than the directory's. */
async function dataStart(packed: PackedBytes, { headerOffset }: ZipRecord): Promise<number> {
  const end = headerOffset + LOCAL_HEADER_BYTES;
  if (end > packed.size) throw damagedArchive('its directory points outside of it.');
  const header = await readRange(packed, headerOffset, end);
  if (header.length < LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER) {
    throw damagedArchive('its directory points to no file.');
  }
  return end + header.readUInt16LE(26) + header.readUInt16LE(28);
}
