import { readHead } from './byte-windows.js';
import { CustomerFileError } from './customer-file-error.js';
import { detectDelimiter } from './detect-delimiter.js';
import { detectEncoding } from './detect-encoding.js';
import { parseRecords } from './parse-records.js';
import type { Delimiter, Encoding, LocalBytes } from './plan.js';
import {
  feedWithinLimit,
  MAX_RECORD_BYTES,
  MAX_RECORD_CELLS,
  refuseOpenQuote,
  tooManyCells,
} from './record-limits.js';
import { RecordScanner } from './record-scanner.js';
import { refuseBinary } from './refuse-binary.js';

export const SAMPLE_BYTES = 256 * 1024;
const BYTE_ORDER_MARK = Buffer.from('efbbbf', 'hex');
/** First line of a file that Excel is told the delimiter by. */
const SEPARATOR_LINE = /^"?sep=([,;|\t])"?(?:\r\n|\n|\r)/i;

export interface SampleRecord {
  readonly cells: readonly string[];
  /** Offset behind the record, and the line number behind it. */
  readonly end: number;
  readonly nextLine: number;
}

/** The first whole records of a file, header included. */
export interface Sample {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Offset and line of the first record: behind a byte order mark and a `sep=` line. */
  readonly start: number;
  readonly firstLine: number;
  readonly records: readonly SampleRecord[];
  /** The sample is the whole file. */
  readonly complete: boolean;
}

/**
 * Reads the first 256 KB of a file (more only where a header and a row do not fit), cut at the last whole record.
 * Throws `empty_file`, `not_text`, `unsupported_encoding`, `malformed_record`, `record_too_large`.
 */
export async function readSample(bytes: LocalBytes, fileSize: number): Promise<Sample> {
  const head = await readHead(bytes, SAMPLE_BYTES);
  const sample = takeSample(head, head.length >= fileSize);
  if (sample.complete || sample.records.filter(isFilled).length > 1) return sample;
  const longer = await readHead(bytes, SAMPLE_BYTES + MAX_RECORD_BYTES);
  return takeSample(longer, longer.length >= fileSize);
}

/** Whether a record holds any text: blank lines and rows of nothing but delimiters do not. */
export function isFilled({ cells }: SampleRecord): boolean {
  return cells.some((cell) => cell.trim() !== '');
}

function takeSample(head: Buffer, complete: boolean): Sample {
  const mark = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  if (head.length === mark)
    throw new CustomerFileError('empty_file', 'The file is empty. Upload a file with customers in it.');
  refuseBinary(head);

  const separator = SEPARATOR_LINE.exec(head.toString('latin1', mark, mark + 16));
  const start = mark + (separator?.[0].length ?? 0);
  const firstLine = separator === null ? 1 : 2;
  const delimiter = toDelimiter(separator?.[1]) ?? detectDelimiter(head.subarray(start));

  const scanner = new RecordScanner(delimiter, start, firstLine);
  const ends: { end: number; nextLine: number }[] = [];
  const onRecord = (end: number): void => {
    ends.push({ end, nextLine: scanner.line });
  };
  feedWithinLimit(scanner, head.subarray(start), onRecord);
  if (complete) {
    refuseOpenQuote(scanner);
    scanner.finish(onRecord);
  }
  const whole = head.subarray(start, ends.at(-1)?.end ?? start);
  const encoding = mark > 0 ? 'utf-8' : detectEncoding(whole);
  const records = parseRecords(whole, encoding, delimiter).map((cells, index) => {
    if (cells.length > MAX_RECORD_CELLS) throw tooManyCells(ends[index - 1]?.nextLine ?? firstLine);
    const { end, nextLine } = ends[index] ?? { end: head.length, nextLine: firstLine };
    return { cells, end, nextLine };
  });
  return { encoding, delimiter, start, firstLine, records, complete };
}

function toDelimiter(text: string | undefined): Delimiter | undefined {
  return text === ',' || text === ';' || text === '\t' || text === '|' ? text : undefined;
}
