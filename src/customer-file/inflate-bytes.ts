import { pipeline, Readable } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { damagedArchive } from './archive-errors.js';

const OUTPUT_CHUNK_BYTES = 256 * 1024;
/** Input is handed over in small pieces, so that little is read ahead of what a preview needs. */
const INPUT_CHUNK_BYTES = 64 * 1024;

/**
 * Unpacks DEFLATE data in order, with memory that does not depend on its size. zlib works in a thread of its own.
 * Throws `damaged_archive`, and whatever reading `packed` throws.
 */
export async function* inflateBytes(
  packed: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'raw',
): AsyncGenerator<Buffer> {
  const options = { chunkSize: OUTPUT_CHUNK_BYTES };
  const inflater = format === 'gzip' ? createGunzip(options) : createInflateRaw(options);
  pipeline(Readable.from(inPieces(packed), { highWaterMark: 1 }), inflater, () => {
    // A failure reaches the loop below, which reads the end of the pipeline.
  });
  try {
    for await (const chunk of inflater) yield Buffer.from(chunk);
  } catch (error) {
    throw isZlibError(error) ? damagedArchive('its compressed data cannot be read to the end.') : error;
  }
}

async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += INPUT_CHUNK_BYTES) {
      yield chunk.subarray(at, at + INPUT_CHUNK_BYTES);
    }
  }
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
  );
}
