import type { Packing } from './detect-packing.js';
import { expandUpload } from './expand-upload.js';
import type { PackedBytes } from './packed-bytes.js';

const PIECE_BYTES = 16 * 1024;

export interface ExpandedHead {
  readonly bytes: Buffer;
  /** Of the whole text: exact when `bytes` is all of it, else estimated from how far the head shrank. */
  readonly size: number;
}

/**
 * The first bytes of the text of a packed upload, at most `length`. No more of the upload is read than they need, and
 * the directory of a zip archive. Throws as `expandUpload` does for what is wrong in these parts.
 */
export async function expandHead(
  packed: PackedBytes,
  packing: Packing,
  length: number,
): Promise<ExpandedHead> {
  const counted = countReads(packed);
  const chunks: Buffer[] = [];
  let expanded = 0;
  for await (const chunk of expandUpload(counted.packed, packing)) {
    chunks.push(chunk);
    expanded += chunk.length;
    if (expanded > length) {
      const estimate = Math.round((packed.size * expanded) / Math.max(1, counted.bytesRead()));
      return { bytes: Buffer.concat(chunks).subarray(0, length), size: Math.max(estimate, expanded) };
    }
  }
  return { bytes: Buffer.concat(chunks), size: expanded };
}

/** Counts the bytes of the longest range that was begun: the content, not the directory of a zip archive. */
function countReads(packed: PackedBytes): { packed: PackedBytes; bytesRead: () => number } {
  let most = 0;
  return {
    packed: {
      size: packed.size,
      async *read(start, end) {
        let read = 0;
        for await (const chunk of packed.read(start, end)) {
          // In small pieces, so that what was read is close to what the text was made from.
          for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
            const piece = chunk.subarray(at, at + PIECE_BYTES);
            read += piece.length;
            most = Math.max(most, read);
            yield piece;
          }
        }
      },
    },
    bytesRead: () => most,
  };
}
