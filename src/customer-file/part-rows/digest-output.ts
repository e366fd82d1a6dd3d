import { BATCH_MESSAGES, type DigestBatch, SLOT_BYTES } from '../digests/digest-batch.js';
import { DISTINCT_REGISTERS } from '../distinct-estimate.js';
import { type EngineMemory, OUTPUT_BYTES } from '../engine-memory.js';
import type { OutputFile } from '../output-file.js';
import { headerLine, longestLineBytes } from '../part-size.js';
import type { Plan } from '../plan.js';
import { COMMA, LF } from './byte-classes.js';
import { AT, LINES, MESSAGES, PERSON, type PlainRows } from './plain-rows.js';

/**
 * The lines of a part while they are made, by the kernel of plain rows and here in turns. A digest is as long as any
 * other, so a line's place is known before its values are hashed, and hashing waits until there is a batch of them. The
 * part's own MD5 follows one batch behind.
 */
export class DigestOutput {
  readonly bytes: Buffer;
  readonly #engine: EngineMemory;
  readonly #file: OutputFile;
  readonly #digests: DigestBatch;
  readonly #plainRows: PlainRows;
  readonly #cursor: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #targets: Uint32Array;
  readonly #people: Uint32Array;
  /** From here on another line might not fit. */
  readonly #full: number;
  #linesWritten = 0;
  /** Bytes of the file so far. */
  #written = 0;
  /** Of what stands in the output, the MD5 has what is before it. */
  #md5End: number;
  #lineStart: number;

  constructor(
    engine: EngineMemory,
    digests: DigestBatch,
    plainRows: PlainRows,
    file: OutputFile,
    { layout }: Pick<Plan, 'layout'>,
  ) {
    this.#engine = engine;
    this.#plainRows = plainRows;
    this.#cursor = plainRows.cursor;
    this.bytes = Buffer.from(engine.memory.buffer);
    this.#file = file;
    this.#digests = digests;
    this.#lengths = new Uint32Array(engine.memory.buffer, engine.lengths, BATCH_MESSAGES);
    this.#targets = new Uint32Array(engine.memory.buffer, engine.targets, BATCH_MESSAGES);
    this.#people = new Uint32Array(engine.memory.buffer, engine.people);
    this.#full = engine.output + OUTPUT_BYTES - longestLineBytes(layout);
    this.#md5End = engine.output;
    this.#lineStart = engine.output + this.bytes.write(headerLine(layout), engine.output);
    this.#cursor[AT] = this.#lineStart;
  }

  /** How many lines were written. */
  get lines(): number {
    return this.#linesWritten;
  }

  /** Registers of the estimate of distinct people, of all lines that were written. */
  distinct(): Uint8Array {
    const { memory, distinct } = this.#engine;
    return new Uint8Array(memory.buffer.slice(distinct, distinct + DISTINCT_REGISTERS));
  }

  /**
   * Adds as many of the `count` rows at `table` as are plain from the first on; returns how many rows that is. There is
   * room for the next one then.
   */
  addPlainRows(table: number, count: number, entryBytes: number, fieldCount: number): number {
    for (let done = 0; ; ) {
      const at = table + done * entryBytes;
      done += this.#plainRows.addRows(at, count - done, entryBytes, fieldCount, BATCH_MESSAGES, this.#full);
      this.#lineStart = this.#at;
      if (done === count || !this.#makeRoom(fieldCount)) return done;
    }
  }

  /** Address of 64 bytes, all zero, for the next message to be hashed. */
  get slot(): number {
    return this.#engine.slots + this.#messages * SLOT_BYTES;
  }

  /** Makes a cell of the SHA-256 of what stands in the slot. */
  hashSlot(length: number): void {
    const message = this.#messages;
    this.#lengths[message] = length;
    this.#targets[message] = this.#takePlace(64);
    this.#cursor[MESSAGES] = message + 1;
    this.hashFullBatch();
  }

  /** Makes room for another message. */
  hashFullBatch(): void {
    if (this.#messages === BATCH_MESSAGES) this.#hash();
  }

  /** Gives the slot up, whatever was written into it. */
  clearSlot(): void {
    this.bytes.fill(0, this.slot, this.slot + SLOT_BYTES);
  }

  /** Makes a cell of a digest that is there already. */
  addDigest(hex: string): void {
    this.bytes.write(hex, this.#takePlace(hex.length), 'latin1');
  }

  /** Goes on to the line's next cell. */
  endCell(): void {
    const at = this.#at;
    this.bytes[at] = COMMA;
    this.#cursor[AT] = at + 1;
  }

  /** Ends the line behind its last `endCell`. Whether it had a digest: if not, it is no line. */
  endLine(): boolean {
    const cursor = this.#cursor;
    const person = cursor[PERSON] ?? 0;
    if (person === 0) {
      cursor[AT] = this.#lineStart;
      return false;
    }
    const lines = cursor[LINES] ?? 0;
    this.bytes[this.#at - 1] = LF;
    this.#people[lines] = person;
    cursor[LINES] = lines + 1;
    cursor[PERSON] = 0;
    this.#lineStart = this.#at;
    return true;
  }

  /** Writes all lines that are left, and returns the MD5 of the part. */
  finish(): string {
    this.#flush();
    this.#write(this.#at);
    return this.#digests.closeText(this.#engine.output, this.#at, this.#written);
  }

  get #at(): number {
    return this.#cursor[AT] ?? 0;
  }

  get #messages(): number {
    return this.#cursor[MESSAGES] ?? 0;
  }

  /** Whether a line with so many messages might not have fitted; it does then. */
  #makeRoom(messages: number): boolean {
    if (this.#at > this.#full) this.#flush();
    else if (this.#messages > 0 && this.#messages + messages > BATCH_MESSAGES) this.#hash();
    else return false;
    return true;
  }

  /** Writes all lines but what is less than a block of the MD5, which goes to the front. */
  #flush(): void {
    this.#hash();
    const { people, distinct, output } = this.#engine;
    const lines = this.#cursor[LINES] ?? 0;
    this.#plainRows.addPeople(people, lines, distinct);
    this.#linesWritten += lines;
    this.#cursor[LINES] = 0;
    const rest = this.#digests.addText(this.#md5End, this.#at);
    this.#write(rest);
    this.bytes.copyWithin(output, rest, this.#at);
    this.#md5End = output;
    this.#lineStart = output + this.#at - rest;
    this.#cursor[AT] = this.#lineStart;
  }

  #write(end: number): void {
    const { output } = this.#engine;
    this.#file.write(this.bytes.subarray(output, end));
    this.#written += end - output;
  }

  #takePlace(digits: number): number {
    const address = this.#at;
    if (this.#cursor[PERSON] === 0) this.#cursor[PERSON] = address;
    this.#cursor[AT] = address + digits;
    return address;
  }

  #hash(): void {
    if (this.#messages === 0) return;
    // Before the first digest that is waited for, all are there.
    this.#md5End = this.#digests.hash(this.#messages, this.#md5End, this.#targets[0] ?? 0);
    this.#cursor[MESSAGES] = 0;
  }
}
