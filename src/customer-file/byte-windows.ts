import { type FileHandle, open } from 'node:fs/promises';
import type { LocalBytes } from './plan.js';

const WINDOW_BYTES = 256 * 1024;

export interface ByteWindow {
  /** The upload's offset of the first byte. */
  readonly offset: number;
  /** Valid until the next window is asked for. */
  readonly bytes: Buffer;
}

/**
 * Reads the bytes of an upload from `start` to just before `end` in windows of at most 256 KB, in order. Throws the
 * signal's reason once it is aborted, and an `Error` when the file on disk is shorter than `source` says.
 */
export async function* byteWindows(
  source: LocalBytes,
  start: number,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<ByteWindow> {
  if (start < source.firstByte || end > source.firstByte + source.length) {
    throw new RangeError(`Bytes ${start} to ${end} lie outside of what was made available.`);
  }
  const file = await open(source.path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, Math.max(0, end - start)));
    for (let offset = start; offset < end; ) {
      signal?.throwIfAborted();
      const length = Math.min(buffer.length, end - offset);
      await readFully(file, buffer, length, source.position + offset - source.firstByte);
      yield { offset, bytes: buffer.subarray(0, length) };
      offset += length;
    }
  } finally {
    await file.close();
  }
}

/** The first bytes of an upload, at most `length` of them. */
export async function readHead(source: LocalBytes, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const window of byteWindows(
    source,
    source.firstByte,
    source.firstByte + Math.min(length, source.length),
  )) {
    chunks.push(Buffer.from(window.bytes));
  }
  return Buffer.concat(chunks);
}

async function readFully(file: FileHandle, buffer: Buffer, length: number, position: number): Promise<void> {
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new Error('The local copy of the upload ended too early.');
    filled += bytesRead;
  }
}
