import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newKernelMemory } from '../../../src/customer-file/load-kernel.js';
import {
  agreesWithNode,
  BATCH_MESSAGES,
  type BatchAddresses,
  type HashBatch,
  nodeBatch,
  openSha256Batch,
  SLOT_BYTES,
} from '../../../src/customer-file/sha256/sha256-batch.js';

const memory = newKernelMemory(256 * 1024);
const addresses: BatchAddresses = { slots: 65_536, lengths: 90_000, targets: 100_000 };
const DIGESTS = 131_072;
const bytes = Buffer.from(memory.buffer);

function digestsOf(hashBatch: HashBatch, messages: readonly Uint8Array[]): string[] {
  for (const [i, message] of messages.entries()) {
    bytes.set(message, addresses.slots + SLOT_BYTES * i);
    bytes.writeUInt32LE(message.length, addresses.lengths + 4 * i);
    bytes.writeUInt32LE(DIGESTS + 65 * i, addresses.targets + 4 * i);
  }
  hashBatch(messages.length);
  return messages.map((_, i) => bytes.toString('latin1', DIGESTS + 65 * i, DIGESTS + 65 * i + 64));
}

const messages = fc.array(fc.uint8Array({ maxLength: 55 }), { maxLength: BATCH_MESSAGES });

describe('the SHA-256 of a batch', () => {
  const hashBatch = openSha256Batch(memory, addresses);

  it.each([
    ['as opened', hashBatch],
    ['by node:crypto', nodeBatch(memory, addresses)],
  ])('is that of each message, in batches of any size, %s', (_, batch) => {
    fc.assert(
      fc.property(messages, (batchMessages) => {
        expect(digestsOf(batch, batchMessages)).toEqual(
          batchMessages.map((message) => hash('sha256', message, 'hex')),
        );
      }),
    );
  });

  it('leaves the slots clear for the next batch', () => {
    digestsOf(hashBatch, [Buffer.from('anna@example.com'), Buffer.from('x'.repeat(55))]);
    const slots = bytes.subarray(addresses.slots, addresses.slots + SLOT_BYTES * BATCH_MESSAGES);
    expect(slots.every((byte) => byte === 0)).toBe(true);
  });

  it('is of the kernel only when that agrees with node:crypto', () => {
    expect(agreesWithNode(hashBatch, memory, addresses)).toBe(true);
    const wrongOnce: HashBatch = (count) => {
      hashBatch(count);
      bytes.writeUInt8(0x30, bytes.readUInt32LE(addresses.targets + 4 * 55) + 63);
      bytes.writeUInt8(0x31, bytes.readUInt32LE(addresses.targets + 4 * 55) + 62);
    };
    expect(agreesWithNode(wrongOnce, memory, addresses)).toBe(false);
  });
});
