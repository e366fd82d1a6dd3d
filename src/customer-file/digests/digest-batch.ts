import { hash as nodeHash } from 'node:crypto';
import { type Kernel, type KernelMemory, kernelFunction, loadKernel } from '../load-kernel.js';
import { WASM } from './digest-kernel.wasm.js';

/** Messages of one batch. */
export const BATCH_MESSAGES = 256;
/** SHA-256 pads to blocks of 64 bytes with at least nine bytes, so these are the longest messages of one block. */
export const MAX_MESSAGE_BYTES = 55;
export const SLOT_BYTES = 64;
const BLOCK_BYTES = 64;
/** Behind a text that is closed, for the rest of its last block and one more. */
export const CLOSING_BYTES = 2 * BLOCK_BYTES;

/** Where in the memory a batch stands. Addresses are multiples of 4. */
export interface BatchAddresses {
  /** Message i at `slots + 64 * i`, zeros behind it up to 64 bytes. */
  readonly slots: number;
  /** Length of message i (u32) at `lengths + 4 * i`. */
  readonly lengths: number;
  /** Address (u32) for the 64 hex digits of message i at `targets + 4 * i`; room for 256 + 3. */
  readonly targets: number;
}

/** Hashes batches of messages, and along with them, which costs hardly more, the text that their digests become part of. */
export interface DigestBatch {
  /**
   * SHA-256 of the first `count` messages of the batch in lower-case hex; clears their slots. Meanwhile whole blocks of
   * the text from `text` to `end` are added to its MD5, about as many as there are messages. Returns where its rest begins.
   */
  readonly hash: (count: number, text: number, end: number) => number;
  /** Adds all whole blocks of the text from `text` to `end` to its MD5. Returns where its rest begins. */
  readonly addText: (text: number, end: number) => number;
  /**
   * The MD5 in hex of the whole text, `bytes` in all, which ends with the rest from `text` to `end`. Writes
   * CLOSING_BYTES from `end` on. The next text may begin.
   */
  readonly closeText: (text: number, end: number, bytes: number) => string;
}

/** Null where WebAssembly or its SIMD instructions are missing, or the kernel does not agree with node:crypto. */
export function openDigestBatch(memory: KernelMemory, addresses: BatchAddresses): DigestBatch | null {
  const kernel = load(memory);
  if (kernel === null) return null;
  const batch = kernelBatch(kernel, memory, addresses);
  return agreesWithNode(batch, memory, addresses) ? batch : null;
}

function load(memory: KernelMemory): Kernel | null {
  try {
    return loadKernel(WASM, memory);
  } catch {
    return null;
  }
}

function kernelBatch(
  kernel: Kernel,
  memory: KernelMemory,
  { slots, lengths, targets }: BatchAddresses,
): DigestBatch {
  const hash = kernelFunction(kernel, 'hash');
  const beginMd5 = kernelFunction(kernel, 'beginMd5');
  const addMd5 = kernelFunction(kernel, 'addMd5');
  const md5Word = kernelFunction(kernel, 'md5Word');
  const bytes = Buffer.from(memory.buffer);
  const wholeBlocks = (text: number, end: number): number => Math.floor((end - text) / BLOCK_BYTES);
  const addText = (text: number, end: number): number => {
    const blocks = wholeBlocks(text, end);
    addMd5(text, blocks);
    return text + blocks * BLOCK_BYTES;
  };
  beginMd5();
  return {
    hash: (count, text, end) => {
      const blocks = Math.min(wholeBlocks(text, end), Math.ceil(count / 4) * 4);
      hash(count, slots, lengths, targets, text, blocks);
      return text + blocks * BLOCK_BYTES;
    },
    addText,
    closeText: (text, end, length) => {
      // RFC 1321: a one bit, zeros, and the length in bits, little-endian, at the end of a block.
      const zeros = (2 * BLOCK_BYTES - 9 - ((end - text) % BLOCK_BYTES)) % BLOCK_BYTES;
      bytes[end] = 0x80;
      bytes.fill(0, end + 1, end + 1 + zeros);
      const closed = bytes.writeBigUInt64LE(BigInt(length) * 8n, end + 1 + zeros);
      addText(text, closed);
      const digest = Buffer.alloc(16);
      for (let i = 0; i < 4; i++) digest.writeUInt32LE(md5Word(i) >>> 0, 4 * i);
      beginMd5();
      return digest.toString('hex');
    },
  };
}

/** Whether one message of every length, and the digests as one text, come out as node:crypto has it. Uses the slots. */
export function agreesWithNode(
  batch: DigestBatch,
  memory: KernelMemory,
  { slots, lengths, targets }: BatchAddresses,
): boolean {
  const bytes = Buffer.from(memory.buffer);
  const count = MAX_MESSAGE_BYTES + 1;
  const digests = slots + SLOT_BYTES * count;
  const text = digests + SLOT_BYTES * count;
  const expected: string[] = [];
  for (let length = 0; length < count; length++) {
    const message = Buffer.from(Array.from({ length }, (_, at) => (length * 37 + at * 101 + 7) & 0xff));
    message.copy(bytes, slots + SLOT_BYTES * length);
    bytes.writeUInt32LE(length, lengths + 4 * length);
    bytes.writeUInt32LE(digests + SLOT_BYTES * length, targets + 4 * length);
    expected.push(nodeHash('sha256', message, 'hex'));
  }
  batch.hash(count, text, text);
  const found = bytes.toString('latin1', digests, text);
  // Once more, so that the MD5 goes along with messages; the last block is left for the end.
  const end = text + bytes.write(found.slice(0, -1), text, 'latin1');
  const rest = batch.hash(count, text, end);
  const md5 = batch.closeText(rest, end, end - text);
  bytes.fill(0, slots, slots + SLOT_BYTES * BATCH_MESSAGES);
  return found === expected.join('') && md5 === nodeHash('md5', found.slice(0, -1), 'hex');
}
