import type { PackedBytes } from '../../src/customer-file/packed-bytes.js';

/** A packed upload that is read in pieces of the given sizes, over and over. */
export function packedInPieces(bytes: Uint8Array, pieces: readonly number[] = [65_536]): PackedBytes {
  return {
    size: bytes.length,
    async *read(start, end) {
      for (let at = start, piece = 0; at < end; piece++) {
        const next = Math.min(end, at + (pieces[piece % pieces.length] ?? 1));
        yield bytes.subarray(at, next);
        at = next;
      }
    },
  };
}
