import { open } from 'node:fs/promises';

const BUFFER_BYTES = 1024 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/** Gets the bytes of `buffer` from `start` to `end`, without the line ending (LF or CRLF). They are valid during the call. */
export type OnLine = (buffer: Uint8Array, start: number, end: number) => void;

/**
 * Calls `onLine` for every line of a file, the last one also without a line ending. Memory is constant; a line longer
 * than a megabyte arrives as its first megabyte, which is no identifier anyway.
 */
export async function forEachLine(path: string, onLine: OnLine): Promise<void> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const emit = (start: number, end: number) => {
    onLine(buffer, start, end > start && buffer[end - 1] === CR ? end - 1 : end);
  };
  const file = await open(path, 'r');
  try {
    let held = 0;
    let insideLongLine = false;
    for (;;) {
      const { bytesRead } = await file.read(buffer, held, BUFFER_BYTES - held);
      if (bytesRead === 0) break;
      const filled = held + bytesRead;
      let start = 0;
      for (let newline = buffer.indexOf(LF, held); newline !== -1 && newline < filled; ) {
        if (!insideLongLine) emit(start, newline);
        insideLongLine = false;
        start = newline + 1;
        newline = buffer.indexOf(LF, start);
      }
      held = filled - start;
      if (insideLongLine) {
        held = 0;
      } else if (held === BUFFER_BYTES) {
        emit(0, held);
        insideLongLine = true;
        held = 0;
      } else {
        buffer.copyWithin(0, start, filled);
      }
    }
    if (held > 0) emit(0, held);
  } finally {
    await file.close();
  }
}
