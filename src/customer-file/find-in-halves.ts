import { byteWindows } from './byte-windows.js';
import { type Checkpoint, checkpointAt, intervalFor } from './checkpoints.js';
import { CustomerFileError } from './customer-file-error.js';
import type { EngineOptions, EngineProgress } from './engine-progress.js';
import { type FoundPlaces, placesOf } from './found-places.js';
import type { Dialect, LocalBytes } from './plan.js';
import { MAX_RECORD_BYTES } from './record-limits.js';
import { RecordScanner } from './record-scanner.js';
import type { FoundRecords } from './scan-records.js';

const LF = 0x0a;
/** A smaller upload is read before a second thread has begun. */
const LEAST_BYTES = 16 * 1024 * 1024;

/** `findRecords`, wherever it runs. */
export type FindRecords = (
  bytes: LocalBytes,
  dialect: Dialect,
  options: EngineOptions,
) => Promise<FoundRecords>;

/**
 * Finds the records of a large upload twice as fast: its halves at the same time. The second is taken to begin behind a
 * line end. Whether that is so shows at the end of the first: when no quotation mark is open there, it is. Otherwise,
 * and when a half cannot be read, the upload is read from its beginning to its end. The outcome is the same in any case.
 */
export async function findInHalves(
  bytes: LocalBytes,
  dialect: Dialect,
  find: FindRecords,
  options: EngineOptions = {},
  leastBytes = LEAST_BYTES,
): Promise<FoundPlaces> {
  const middle = bytes.length < leastBytes ? null : await behindMiddleLine(bytes, dialect);
  if (middle !== null) {
    const { first, second } = progressOfHalves(middle, options);
    const halves = await Promise.allSettled([
      find({ ...bytes, length: middle - bytes.firstByte }, dialect, first),
      find(bytes, { ...dialect, firstRowOffset: middle, firstRowLine: 0 }, second),
    ]);
    const [before, behind] = halves;
    if (before.status === 'fulfilled' && behind.status === 'fulfilled') {
      return joined(bytes, dialect, before.value, behind.value);
    }
    for (const half of halves) {
      if (half.status === 'rejected' && !(half.reason instanceof CustomerFileError)) throw half.reason;
    }
  }
  return placesOf(await find(bytes, dialect, options));
}

/** Null where there is none near the middle. */
async function behindMiddleLine(bytes: LocalBytes, dialect: Dialect): Promise<number | null> {
  const from = bytes.firstByte + Math.floor(bytes.length / 2);
  const end = bytes.firstByte + bytes.length;
  if (from < dialect.firstRowOffset) return null;
  for await (const window of byteWindows(bytes, from, Math.min(end, from + MAX_RECORD_BYTES))) {
    const at = window.bytes.indexOf(LF);
    if (at !== -1) return window.offset + at + 1;
  }
  return null;
}

function joined(
  bytes: LocalBytes,
  dialect: Dialect,
  { checkpoints: before, endLine, sawText }: FoundRecords,
  { checkpoints: behind, sawText: sawTextBehind }: FoundRecords,
): FoundPlaces {
  const rows = before.rows + behind.rows;
  return {
    rows,
    interval: intervalFor(rows),
    sawText: sawText || sawTextBehind,
    async before(row) {
      if (row < before.rows) return checkpointAt(before, row);
      const wanted = row - before.rows;
      const skipped = wanted % behind.interval;
      const near = checkpointAt(behind, wanted - skipped);
      const { offset, line } = await behindRecords(bytes, dialect, near, skipped);
      return { row, offset, line: endLine + line };
    },
  };
}

/** The place behind so many records. */
async function behindRecords(
  bytes: LocalBytes,
  dialect: Dialect,
  from: Checkpoint,
  records: number,
): Promise<Pick<Checkpoint, 'offset' | 'line'>> {
  if (records === 0) return from;
  const scanner = new RecordScanner(dialect.delimiter, from.offset, from.line);
  let left = records;
  let place: Pick<Checkpoint, 'offset' | 'line'> = from;
  const onRecord = (offset: number): void => {
    left--;
    if (left === 0) place = { offset, line: scanner.line };
  };
  for await (const window of byteWindows(bytes, from.offset, bytes.firstByte + bytes.length)) {
    scanner.feed(window.bytes, onRecord);
    if (left <= 0) return place;
  }
  throw new RangeError('There are fewer records than were counted.');
}

/** What both halves have read, as one. */
function progressOfHalves(
  middle: number,
  { signal, onProgress }: EngineOptions,
): { first: EngineOptions; second: EngineOptions } {
  let first: EngineProgress = { bytesRead: 0, rowsRead: 0 };
  let second: EngineProgress = { bytesRead: middle, rowsRead: 0 };
  const tell = (): void =>
    onProgress?.({
      bytesRead: first.bytesRead + second.bytesRead - middle,
      rowsRead: first.rowsRead + second.rowsRead,
    });
  const optionsWith = (onHalf: (progress: EngineProgress) => void): EngineOptions => ({
    ...(signal === undefined ? {} : { signal }),
    onProgress: (progress) => {
      onHalf(progress);
      tell();
    },
  });
  return {
    first: optionsWith((progress) => {
      first = progress;
    }),
    second: optionsWith((progress) => {
      second = progress;
    }),
  };
}
