import { pipeline } from 'node:stream';
import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { damagedArchive } from './archive-errors.js';
import type { PackedBytes } from './packed-bytes.js';

/** A piece is handed over when the one before is used up: then it is known whether the data ended inside of that. */
const OPTIONS = { chunkSize: 256 * 1024, writableHighWaterMark: 1 };
/** Input is handed over in small pieces, so that little is read ahead of what a preview needs. */
const INPUT_CHUNK_BYTES = 64 * 1024;

/**
 * Unpacks all members of a gzip file in order, with memory that does not depend on its size. zlib works in a thread of
 * its own. Throws `damaged_archive`, and whatever reading `packed` throws.
 */
export async function* inflateGzip(packed: PackedBytes): AsyncGenerator<Buffer> {
  const inflater = createGunzip(OPTIONS);
  yield* inflate(packed.read(0, packed.size), inflater);
  // Behind a member zlib takes a zero for padding, and what follows for nothing: it can be another member.
  await refuseMoreThanPadding(packed, inflater.bytesWritten);
}

/** As `inflateGzip`, for DEFLATE data alone. What lies behind its end is left out. */
export function inflateRaw(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  return inflate(packed, createInflateRaw(OPTIONS));
}

async function* inflate(
  packed: AsyncIterable<Uint8Array>,
  inflater: Gunzip | InflateRaw,
): AsyncGenerator<Buffer> {
  pipeline(piecesUpToEnd(packed, inflater), inflater, () => {
    // A failure reaches the loop below, which reads the end of the pipeline.
  });
  try {
    for await (const chunk of inflater) yield Buffer.from(chunk);
  } catch (error) {
    throw isZlibError(error) ? damagedArchive('its compressed data cannot be read to the end.') : error;
  }
}

/** Nothing is handed over behind the data's end: zlib would go on with it, and lose count of where the end was. */
async function* piecesUpToEnd(
  bytes: AsyncIterable<Uint8Array>,
  inflater: Gunzip | InflateRaw,
): AsyncGenerator<Uint8Array> {
  let handedOver = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += INPUT_CHUNK_BYTES) {
      if (inflater.bytesWritten < handedOver) return;
      const piece = chunk.subarray(at, at + INPUT_CHUNK_BYTES);
      handedOver += piece.length;
      yield piece;
    }
  }
}

async function refuseMoreThanPadding(packed: PackedBytes, end: number): Promise<void> {
  if (end >= packed.size) return;
  for await (const chunk of packed.read(end, packed.size)) {
    if (chunk.some((byte) => byte !== 0)) throw damagedArchive('there is more behind its end.');
  }
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}
