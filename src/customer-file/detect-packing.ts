/** A form in which an upload cannot be read by range: its text must be unpacked or written as UTF-8 first. */
export type Packing = 'gzip' | 'zip' | 'utf-16le' | 'utf-16be';

/** The first bytes that `detectPacking` needs. Always given as many, it always gives the same answer. */
export const PACKING_HEAD_BYTES = 4096;

const GZIP_DEFLATE = Buffer.from('1f8b08', 'hex');
/** The header of an entry, the end of an empty archive, and the mark of an archive in several volumes. */
const ZIP_BEGINNINGS = ['504b0304', '504b0506', '504b0708'].map((hex) => Buffer.from(hex, 'hex'));
const UTF_32_LE_MARK = Buffer.from('fffe0000', 'hex');
const UTF_16_LE_MARK = Buffer.from('fffe', 'hex');
const UTF_16_BE_MARK = Buffer.from('feff', 'hex');

/** In text of a European language almost every second byte of UTF-16 is zero, and none of the others. */
const MIN_ZEROS = 0.4;
const MAX_OTHER_ZEROS = 0.05;
const MIN_BYTES_WITHOUT_MARK = 4;

/** What must be done with an upload before it can be read, by its first bytes; null for text that is read as it is. */
export function detectPacking(head: Buffer): Packing | null {
  if (beginsWith(head, GZIP_DEFLATE)) return 'gzip';
  if (ZIP_BEGINNINGS.some((magic) => beginsWith(head, magic))) return 'zip';
  return detectUtf16(head);
}

/** UTF-16 by its byte order mark, or without one where the zero bytes leave no doubt. */
export function detectUtf16(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (beginsWith(head, UTF_32_LE_MARK)) return null;
  if (beginsWith(head, UTF_16_LE_MARK)) return 'utf-16le';
  if (beginsWith(head, UTF_16_BE_MARK)) return 'utf-16be';
  if (head.length < MIN_BYTES_WITHOUT_MARK) return null;
  const looked = head.subarray(0, PACKING_HEAD_BYTES);
  let even = 0;
  let odd = 0;
  for (const [position, byte] of looked.entries()) {
    if (byte !== 0) continue;
    if (position % 2 === 0) even++;
    else odd++;
  }
  const half = looked.length / 2;
  if (odd > MIN_ZEROS * half && even < MAX_OTHER_ZEROS * half) return 'utf-16le';
  if (even > MIN_ZEROS * half && odd < MAX_OTHER_ZEROS * half) return 'utf-16be';
  return null;
}

function beginsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}
