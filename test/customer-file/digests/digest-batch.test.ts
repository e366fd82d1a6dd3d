import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agreesWithNode,
  BATCH_MESSAGES,
  type BatchAddresses,
  CLOSING_BYTES,
  type DigestBatch,
  openDigestBatch,
  SLOT_BYTES,
} from '../../../src/customer-file/digests/digest-batch.js';
import { newKernelMemory } from '../../../src/customer-file/load-kernel.js';

const memory = newKernelMemory(256 * 1024);
const addresses: BatchAddresses = { slots: 65_536, lengths: 90_000, targets: 100_000 };
const DIGESTS = 131_072;
const TEXT = 163_840;
const bytes = Buffer.from(memory.buffer);

function open(): DigestBatch {
  const batch = openDigestBatch(memory, addresses);
  if (batch === null) throw new Error('The kernel does not run here.');
  return batch;
}

function prepare(messages: readonly Uint8Array[]): void {
  for (const [i, message] of messages.entries()) {
    bytes.set(message, addresses.slots + SLOT_BYTES * i);
    bytes.writeUInt32LE(message.length, addresses.lengths + 4 * i);
    bytes.writeUInt32LE(DIGESTS + 65 * i, addresses.targets + 4 * i);
  }
}

function digestsOf(messages: readonly Uint8Array[]): string[] {
  return messages.map((_, i) => bytes.toString('latin1', DIGESTS + 65 * i, DIGESTS + 65 * i + 64));
}

const messages = fc.array(fc.uint8Array({ maxLength: 55 }), { maxLength: BATCH_MESSAGES });

describe('the SHA-256 of a batch', () => {
  const batch = open();

  it('is that of each message, in batches of any size', () => {
    fc.assert(
      fc.property(messages, (batchMessages) => {
        prepare(batchMessages);
        batch.hash(batchMessages.length, TEXT, TEXT);
        expect(digestsOf(batchMessages)).toEqual(
          batchMessages.map((message) => hash('sha256', message, 'hex')),
        );
      }),
    );
  });

  it('leaves the slots clear for the next batch', () => {
    const two = [Buffer.from('anna@example.com'), Buffer.from('x'.repeat(55))];
    prepare(two);
    batch.hash(two.length, TEXT, TEXT);
    const slots = bytes.subarray(addresses.slots, addresses.slots + SLOT_BYTES * BATCH_MESSAGES);
    expect(slots.every((byte) => byte === 0)).toBe(true);
  });
});

describe('the MD5 of a text', () => {
  const step = fc.record({ added: fc.nat({ max: 9000 }), messages: fc.nat({ max: BATCH_MESSAGES }) });

  it('is that of node:crypto, however much goes along with messages, and leaves their digests right', () => {
    const batch = open();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.nat(), (steps, seed) => {
        let at = TEXT;
        let end = TEXT;
        for (const { added, messages } of steps) {
          for (let i = 0; i < added; i++) bytes[end++] = Math.imul(i + seed, 0x9e3779b1) >>> 24;
          const batchMessages = Array.from({ length: messages }, (_, i) => Buffer.from(`${seed} ${i}`));
          prepare(batchMessages);
          at = batch.hash(messages, at, end);
          expect(digestsOf(batchMessages)).toEqual(
            batchMessages.map((message) => hash('sha256', message, 'hex')),
          );
        }
        const expected = hash('md5', bytes.subarray(TEXT, end), 'hex');
        if (seed % 2 === 0) at = batch.addText(at, end);
        expect(batch.closeText(at, end, end - TEXT)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('has its end right for a last block of every length', () => {
    const batch = open();
    for (let length = 0; length <= 2 * 64; length++) {
      bytes.fill(0x61, TEXT, TEXT + length);
      bytes.fill(0xff, TEXT + length, TEXT + length + CLOSING_BYTES);
      expect(batch.closeText(TEXT, TEXT + length, length)).toBe(hash('md5', 'a'.repeat(length), 'hex'));
    }
  });
});

describe('the check of the kernel', () => {
  it('finds a wrong digit in a digest', () => {
    const batch = open();
    expect(agreesWithNode(batch, memory, addresses)).toBe(true);
    const wrongOnce: DigestBatch = {
      ...batch,
      hash: (count, text, end) => {
        const rest = batch.hash(count, text, end);
        const last = bytes.readUInt32LE(addresses.targets + 4 * 55) + 63;
        bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
        return rest;
      },
    };
    expect(agreesWithNode(wrongOnce, memory, addresses)).toBe(false);
  });

  it('finds a wrong MD5', () => {
    const batch = open();
    const wrong: DigestBatch = { ...batch, closeText: (text, end) => batch.closeText(text, end, end - text) };
    expect(agreesWithNode(wrong, memory, addresses)).toBe(false);
  });
});
