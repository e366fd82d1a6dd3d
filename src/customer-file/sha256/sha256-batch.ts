import { hash as nodeHash } from 'node:crypto';
import { type KernelMemory, kernelFunction, loadKernel } from '../load-kernel.js';
import { WASM } from './sha256-kernel.wasm.js';

/** Messages of one batch. */
export const BATCH_MESSAGES = 256;
/** SHA-256 pads to blocks of 64 bytes with at least nine bytes, so these are the longest messages of one block. */
export const MAX_MESSAGE_BYTES = 55;
export const SLOT_BYTES = 64;

/** Where in the memory a batch stands. Addresses are multiples of 4. */
export interface BatchAddresses {
  /** Message i at `slots + 64 * i`, zeros behind it up to 64 bytes. */
  readonly slots: number;
  /** Length of message i (u32) at `lengths + 4 * i`. */
  readonly lengths: number;
  /** Address (u32) for the 64 hex digits of message i at `targets + 4 * i`; room for 256 + 3. */
  readonly targets: number;
}

/** Hashes the first `count` messages of the batch into lower-case hex, and clears their slots. */
export type HashBatch = (count: number) => void;

/**
 * The WebAssembly kernel where the machine can run it and it agrees with node:crypto on messages of every length; the
 * same by way of node:crypto otherwise.
 */
export function openSha256Batch(memory: KernelMemory, addresses: BatchAddresses): HashBatch {
  const byKernel = kernelBatch(memory, addresses);
  return byKernel !== null && agreesWithNode(byKernel, memory, addresses)
    ? byKernel
    : nodeBatch(memory, addresses);
}

/** Null where WebAssembly or its SIMD instructions are missing. */
function kernelBatch(memory: KernelMemory, { slots, lengths, targets }: BatchAddresses): HashBatch | null {
  try {
    const hash = kernelFunction(loadKernel(WASM, memory), 'hash');
    return (count) => {
      hash(count, slots, lengths, targets);
    };
  } catch {
    return null;
  }
}

/** The same batch hashed message by message by node:crypto. */
export function nodeBatch(memory: KernelMemory, { slots, lengths, targets }: BatchAddresses): HashBatch {
  const bytes = Buffer.from(memory.buffer);
  return (count) => {
    for (let i = 0; i < count; i++) {
      const start = slots + SLOT_BYTES * i;
      const end = start + bytes.readUInt32LE(lengths + 4 * i);
      const digest = nodeHash('sha256', bytes.subarray(start, end), 'hex');
      bytes.write(digest, bytes.readUInt32LE(targets + 4 * i), 'latin1');
      bytes.fill(0, start, end);
    }
  };
}

/** Whether one message of every length comes out as node:crypto has it. The digests go into unused slots. */
export function agreesWithNode(
  hashBatch: HashBatch,
  memory: KernelMemory,
  { slots, lengths, targets }: BatchAddresses,
): boolean {
  const bytes = Buffer.from(memory.buffer);
  const count = MAX_MESSAGE_BYTES + 1;
  const digests = slots + SLOT_BYTES * (BATCH_MESSAGES - count);
  const expected: string[] = [];
  for (let length = 0; length < count; length++) {
    const message = Buffer.from(Array.from({ length }, (_, at) => (length * 37 + at * 101 + 7) & 0xff));
    message.copy(bytes, slots + SLOT_BYTES * length);
    bytes.writeUInt32LE(length, lengths + 4 * length);
    bytes.writeUInt32LE(digests + SLOT_BYTES * length, targets + 4 * length);
    expected.push(nodeHash('sha256', message, 'hex'));
  }
  hashBatch(count);
  const found = bytes.toString('latin1', digests, digests + SLOT_BYTES * count);
  bytes.fill(0, slots, slots + SLOT_BYTES * BATCH_MESSAGES);
  return found === expected.join('');
}
