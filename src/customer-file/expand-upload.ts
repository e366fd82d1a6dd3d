import { crc32 } from 'node:zlib';
import { damagedArchive } from './archive-errors.js';
import { detectUtf16, PACKING_HEAD_BYTES, type Packing } from './detect-packing.js';
import { boundedExpansion } from './expansion-bounds.js';
import { inflateGzip, inflateRaw } from './inflate-bytes.js';
import type { PackedBytes } from './packed-bytes.js';
import { utf16ToUtf8 } from './utf16-text.js';
import { findOnlyEntry, isSizeOf, type ZipEntry } from './zip-entry.js';

/**
 * The text of a packed upload in order: the content of a gzip file, of the one file of a zip archive, and UTF-16 (also
 * inside of either) as UTF-8. The same upload gives the same bytes every time, whatever pieces it is read in. Memory
 * does not depend on any size. When it ends without an error, the whole upload was sound.
 *
 * Throws `CustomerFileError` (`damaged_archive`, `encrypted_archive`, `archive_without_one_file`, `unsupported_archive`,
 * `expands_too_far`, `damaged_encoding`, `not_text`), the signal's reason, and whatever reading `packed` throws.
 */
export async function* expandUpload(
  packed: PackedBytes,
  packing: Packing,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  for await (const chunk of asUtf8(packed, packing)) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

async function* asUtf8(packed: PackedBytes, packing: Packing): AsyncGenerator<Buffer> {
  switch (packing) {
    case 'gzip':
      yield* decoded(boundedExpansion(inflateGzip(packed), packed.size));
      return;
    case 'zip': {
      const entry = await findOnlyEntry(packed);
      yield* decoded(boundedExpansion(entryBytes(packed, entry), entry.end - entry.start));
      return;
    }
    case 'utf-16le':
    case 'utf-16be':
      yield* utf16ToUtf8(packed.read(0, packed.size), packing);
      return;
  }
}

async function* entryBytes(packed: PackedBytes, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const stored = packed.read(entry.start, entry.end);
  let size = 0;
  let sum = 0;
  for await (const chunk of entry.compressed ? inflateRaw(stored) : stored) {
    size += chunk.length;
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (!isSizeOf(entry, size) || sum !== entry.crc32) {
    throw damagedArchive('what was unpacked is not what was packed.');
  }
}

/** Text that was packed can be UTF-16 in turn. Enough of it is held back to see. */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const rest = bytes[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    while (head.length < PACKING_HEAD_BYTES) {
      const next = await rest.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
    const encoding = detectUtf16(head.subarray(0, PACKING_HEAD_BYTES));
    const whole = withHead(head, rest);
    yield* encoding === null ? whole : utf16ToUtf8(whole, encoding);
  } finally {
    await rest.return?.();
  }
}

async function* withHead(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    const { buffer, byteOffset, byteLength } = next.value;
    yield Buffer.from(buffer, byteOffset, byteLength);
  }
}
