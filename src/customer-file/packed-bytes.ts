/** A packed upload, wherever it lies, read by range. */
export interface PackedBytes {
  readonly size: number;
  /** The bytes from `start` to just before `end`, in order, in pieces of any size. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A small range of a packed upload as one piece; shorter than asked for only where `read` ends early. */
export async function readRange(packed: PackedBytes, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of packed.read(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}
