import type { Delimiter } from './plan.js';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** Nothing of the cell has been seen yet: only here does a quotation mark open a quoted cell. */
const CELL_START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
/** A quotation mark inside a quoted cell: doubled it stands for itself, before a delimiter or line end it closes. */
const QUOTE_SEEN = 3;

/** Called for each record: the offset of the byte behind it, and the line number (from 1) at which it began. */
export type OnRecord = (end: number, line: number) => void;

/**
 * Finds the records of an upload, fed with its bytes in order in pieces of any size. A record ends at CRLF, LF or CR
 * outside quotes; line ends may be mixed. A quotation mark inside an unquoted cell, or text behind a closing one, is
 * text. This is the one definition of a record: the split counts with it and the preparation cuts with it.
 *
 * Bytes of the delimiter, quotation mark and line ends never occur inside a character of UTF-8 or Windows-1252.
 */
export class RecordScanner {
  readonly #delimiter: number;
  #state = CELL_START;
  /** A CR ended the record, or stands in a quoted cell; a following LF belongs to it. */
  #afterCr = false;
  #pendingEnd = false;
  #offset: number;
  #line: number;
  #recordStart: number;
  #recordLine: number;
  #quoteLine = 0;
  #sawText = false;

  constructor(delimiter: Delimiter, offset: number, line: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#offset = offset;
    this.#recordStart = offset;
    this.#line = line;
    this.#recordLine = line;
  }

  /** Offset behind the bytes fed so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Line number at which the next record begins. */
  get line(): number {
    return this.#recordLine;
  }

  /** Whether any byte was more than white space, a delimiter or a quotation mark. */
  get sawText(): boolean {
    return this.#sawText;
  }

  /** Bytes of the record that has begun and not ended. */
  get openBytes(): number {
    return this.#offset - this.#recordStart;
  }

  /** Line of the quotation mark that is open, or null. */
  get openQuoteLine(): number | null {
    return this.#state === QUOTED ? this.#quoteLine : null;
  }

  feed(bytes: Uint8Array, onRecord: OnRecord): void {
    const base = this.#offset;
    const delimiter = this.#delimiter;
    const length = bytes.length;
    let state = this.#state;
    let sawText = this.#sawText;
    let afterCr = this.#afterCr;
    for (let at = 0; at < length; at++) {
      const byte = bytes[at];
      if (afterCr) {
        afterCr = false;
        if (byte === LF) {
          if (this.#pendingEnd) this.#endRecord(base + at + 1, onRecord);
          continue;
        }
        if (this.#pendingEnd) this.#endRecord(base + at, onRecord);
      }
      if (byte === LF || byte === CR) {
        this.#line++;
        afterCr = byte === CR;
        if (state === QUOTED) continue;
        state = CELL_START;
        if (afterCr) this.#pendingEnd = true;
        else this.#endRecord(base + at + 1, onRecord);
        continue;
      }
      if (byte === QUOTE) {
        if (state === QUOTED) state = QUOTE_SEEN;
        else if (state === QUOTE_SEEN) state = QUOTED;
        else if (state === CELL_START) {
          state = QUOTED;
          this.#quoteLine = this.#line;
        }
        continue;
      }
      if (byte === delimiter && state !== QUOTED) {
        state = CELL_START;
        continue;
      }
      if (state !== QUOTED) state = UNQUOTED;
      if (byte !== undefined && byte > SPACE) sawText = true;
    }
    this.#state = state;
    this.#sawText = sawText;
    this.#afterCr = afterCr;
    this.#offset = base + length;
  }

  /** Ends the last record, which may lack its line end. Call only when no quotation mark is open. */
  finish(onRecord: OnRecord): void {
    if (this.#pendingEnd || this.#offset > this.#recordStart) this.#endRecord(this.#offset, onRecord);
    this.#afterCr = false;
  }

  #endRecord(end: number, onRecord: OnRecord): void {
    const line = this.#recordLine;
    this.#pendingEnd = false;
    this.#recordStart = end;
    this.#recordLine = this.#line;
    onRecord(end, line);
  }
}
