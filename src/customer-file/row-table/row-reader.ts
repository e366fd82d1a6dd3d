import { closeSync, openSync, readSync } from 'node:fs';
import type { EngineMemory } from '../engine-memory.js';
import type { Delimiter, LocalBytes } from '../plan.js';
import { MAX_RECORD_BYTES, refuseOpenQuote, tooLong } from '../record-limits.js';
import { RecordScanner } from '../record-scanner.js';
import type { FillTable, TableFill } from './row-table.js';

const WINDOW_BYTES = 512 * 1024;

export interface RowSpan {
  /** Offsets in the upload: the start of a record, and behind the last one. */
  readonly start: number;
  readonly end: number;
  /** Line number (from 1) at `start`. */
  readonly firstLine: number;
}

/**
 * Reads a span of whole records from a local file, some hundred KB at a time, and finds their rows. File access is
 * synchronous, since this belongs into a thread of its own. Close it at the end.
 */
export class RowReader {
  readonly #engine: EngineMemory;
  readonly #fill: FillTable;
  readonly #bytes: Buffer;
  readonly #source: LocalBytes;
  readonly #end: number;
  readonly #delimiter: Delimiter;
  readonly #windowBytes: number;
  readonly #file: number;
  /** Addresses of the first byte that is in no row yet, and behind the last one read. */
  #rest: number;
  #filled: number;
  /** The upload's offset of address 0. */
  #base: number;
  #restLine: number;
  #line: number;
  #windows = 0;

  constructor(
    engine: EngineMemory,
    fill: FillTable,
    source: LocalBytes,
    span: RowSpan,
    delimiter: Delimiter,
    windowBytes = WINDOW_BYTES,
  ) {
    if (span.start < source.firstByte || span.end > source.firstByte + source.length) {
      throw new RangeError(`Bytes ${span.start} to ${span.end} lie outside of what was made available.`);
    }
    this.#engine = engine;
    this.#fill = fill;
    this.#bytes = Buffer.from(engine.memory.buffer);
    this.#source = source;
    this.#end = span.end;
    this.#delimiter = delimiter;
    this.#windowBytes = windowBytes;
    this.#rest = engine.input;
    this.#filled = engine.input;
    this.#base = span.start - engine.input;
    this.#restLine = span.firstLine;
    this.#line = span.firstLine;
    this.#file = openSync(source.path, 'r');
  }

  /** Add it to an address to get the upload's offset. */
  get base(): number {
    return this.#base;
  }

  /** Line number of the first row in the table. */
  get line(): number {
    return this.#line;
  }

  /** How often bytes were read from the file: the rhythm of progress. */
  get windows(): number {
    return this.#windows;
  }

  /** The upload's offset behind the last row in the table, and the line number there. */
  get restOffset(): number {
    return this.#base + this.#rest;
  }

  get restLine(): number {
    return this.#restLine;
  }

  /**
   * Puts the next rows into the table and says how many there are; 0 at the end. Their bytes stay where they are until
   * the next call. Throws `malformed_record` and `record_too_large`.
   */
  next(): number {
    for (;;) {
      const isLast = this.#base + this.#filled === this.#end;
      if (this.#rest < this.#filled) {
        const found = this.#fill(this.#rest, this.#filled, isLast);
        if (found.rows > 0) return this.#take(found);
        if (isLast || this.#filled - this.#rest === MAX_RECORD_BYTES) this.#refuse();
      } else if (isLast) {
        return 0;
      }
      this.#read();
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #take(found: TableFill): number {
    this.#line = this.#restLine;
    this.#rest = found.rest;
    this.#restLine += found.restLine;
    return found.rows;
  }

  /** Moves what is in no row yet to the front, and reads on behind it. */
  #read(): void {
    const { input } = this.#engine;
    this.#bytes.copyWithin(input, this.#rest, this.#filled);
    this.#base += this.#rest - input;
    this.#filled -= this.#rest - input;
    this.#rest = input;

    const offset = this.#base + this.#filled;
    const room = input + MAX_RECORD_BYTES - this.#filled;
    const length = Math.min(this.#windowBytes, room, this.#end - offset);
    const position = this.#source.position + offset - this.#source.firstByte;
    const read = readSync(this.#file, this.#bytes, this.#filled, length, position);
    if (read === 0) throw new Error('The local copy of the upload ended too early.');
    this.#filled += read;
    this.#windows++;
  }

  /** Says in the words of the one definition of a record why the bytes at hand hold none. */
  #refuse(): never {
    const scanner = new RecordScanner(this.#delimiter, this.#base + this.#rest, this.#restLine);
    scanner.feed(this.#bytes.subarray(this.#rest, this.#filled), () => undefined);
    refuseOpenQuote(scanner);
    throw tooLong(this.#restLine);
  }
}
