import { BATCH_MESSAGES, type DigestBatch, SLOT_BYTES } from '../digests/digest-batch.js';
import { DISTINCT_REGISTERS } from '../distinct-estimate.js';
import { type EngineMemory, OUTPUT_BYTES } from '../engine-memory.js';
import type { OutputFile } from '../output-file.js';
import { headerLine, longestLineBytes } from '../part-size.js';
import type { Plan } from '../plan.js';
import { COMMA, LF } from './byte-classes.js';
import type { PlainValues } from './plain-values.js';

/**
 * The lines of a part while they are made. A digest is as long as any other, so a line's place is known before its
 * values are hashed, and hashing waits until there is a batch of them. The part's own MD5 follows one batch behind.
 */
export class DigestOutput {
  readonly bytes: Buffer;
  readonly #engine: EngineMemory;
  readonly #file: OutputFile;
  readonly #digests: DigestBatch;
  readonly #slots: number;
  readonly #lengths: Uint32Array;
  readonly #targets: Uint32Array;
  readonly #start: number;
  /** From here on another line might not fit. */
  readonly #full: number;
  readonly #plainValues: PlainValues;
  readonly #people: Uint32Array;
  /** Bytes of the file so far. */
  #written = 0;
  /** Of what stands in the output, the MD5 has what is before it. */
  #md5End: number;
  #lines = 0;
  #messages = 0;
  #lineStart: number;
  #at: number;
  #person = 0;

  constructor(
    engine: EngineMemory,
    digests: DigestBatch,
    plainValues: PlainValues,
    file: OutputFile,
    { layout }: Pick<Plan, 'layout'>,
  ) {
    this.#engine = engine;
    this.#plainValues = plainValues;
    this.bytes = Buffer.from(engine.memory.buffer);
    this.#file = file;
    this.#digests = digests;
    this.#slots = engine.slots;
    this.#lengths = new Uint32Array(engine.memory.buffer, engine.lengths, BATCH_MESSAGES);
    this.#targets = new Uint32Array(engine.memory.buffer, engine.targets, BATCH_MESSAGES);
    this.#people = new Uint32Array(engine.memory.buffer, engine.people);
    this.#start = engine.output;
    this.#full = engine.output + OUTPUT_BYTES - longestLineBytes(layout);
    this.#md5End = engine.output;
    this.#at = engine.output + this.bytes.write(headerLine(layout), engine.output);
    this.#lineStart = this.#at;
  }

  /** Registers of the estimate of distinct people, of all lines that were written. */
  distinct(): Uint8Array {
    const { memory, distinct } = this.#engine;
    return new Uint8Array(memory.buffer.slice(distinct, distinct + DISTINCT_REGISTERS));
  }

  /** Address of 64 bytes, all zero, for the next message to be hashed. */
  get slot(): number {
    return this.#slots + this.#messages * SLOT_BYTES;
  }

  /** Makes a cell of the SHA-256 of what stands in the slot. */
  hashSlot(length: number): void {
    const message = this.#messages;
    this.#lengths[message] = length;
    this.#targets[message] = this.#takeCell(64);
    this.#messages = message + 1;
    if (this.#messages === BATCH_MESSAGES) this.#hash();
  }

  /** Gives the slot up, whatever was written into it. */
  clearSlot(): void {
    this.bytes.fill(0, this.slot, this.slot + SLOT_BYTES);
  }

  /** Where a cell with a digest that is there already would go: write it, then call `keepDigest`. */
  get cell(): number {
    return this.#at;
  }

  keepDigest(digits: number): void {
    this.#takeCell(digits);
  }

  /** Goes on to the line's next cell. */
  endCell(): void {
    this.bytes[this.#at++] = COMMA;
  }

  /** Ends the line behind its last `endCell`. Whether it had a digest: if not, it is no line. */
  endLine(): boolean {
    if (this.#person === 0) {
      this.#at = this.#lineStart;
      return false;
    }
    this.bytes[this.#at - 1] = LF;
    this.#people[this.#lines++] = this.#person;
    this.#person = 0;
    this.#lineStart = this.#at;
    if (this.#at > this.#full) this.#flush();
    return true;
  }

  /** Writes all lines that are left, and returns the MD5 of the part. */
  finish(): string {
    this.#flush();
    this.#write(this.#at);
    return this.#digests.closeText(this.#start, this.#at, this.#written);
  }

  /** Writes all lines but what is less than a block of the MD5, which goes to the front. */
  #flush(): void {
    this.#hash();
    this.#plainValues.addPeople(this.#engine.people, this.#lines, this.#engine.distinct);
    this.#lines = 0;
    const rest = this.#digests.addText(this.#md5End, this.#at);
    this.#write(rest);
    this.bytes.copyWithin(this.#start, rest, this.#at);
    this.#md5End = this.#start;
    this.#at = this.#start + this.#at - rest;
    this.#lineStart = this.#at;
  }

  #write(end: number): void {
    this.#file.write(this.bytes.subarray(this.#start, end));
    this.#written += end - this.#start;
  }

  #takeCell(digits: number): number {
    const address = this.#at;
    if (this.#person === 0) this.#person = address;
    this.#at = address + digits;
    return address;
  }

  #hash(): void {
    if (this.#messages === 0) return;
    // Before the first digest that is waited for, all are there.
    this.#md5End = this.#digests.hash(this.#messages, this.#md5End, this.#targets[0] ?? 0);
    this.#messages = 0;
  }
}
