import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenCipher, TokenUnreadableError } from '../../src/connections/token-cipher.js';

const key = randomBytes(32);
const cipher = createTokenCipher({ current: key, previous: null });

describe('the token cipher', () => {
  it('gives back every token for the connection that it was stored for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (token, connectionId) => {
        expect(cipher.decrypt(connectionId, cipher.encrypt(connectionId, token))).toBe(token);
      }),
    );
  });

  it('never writes the same bytes twice, nor the token', () => {
    const [first, second] = [
      cipher.encrypt('con_1', 'secret-token'),
      cipher.encrypt('con_1', 'secret-token'),
    ];
    expect(first.equals(second)).toBe(false);
    expect(first.toString('latin1')).not.toContain('secret-token');
  });

  it('refuses a token that was moved to another connection', () => {
    const stored = cipher.encrypt('con_1', 'secret-token');
    expect(() => cipher.decrypt('con_2', stored)).toThrow(TokenUnreadableError);
  });

  it('refuses stored bytes of which any one was changed or cut off', () => {
    const stored = cipher.encrypt('con_1', 'secret-token');
    for (const index of stored.keys()) {
      const changed = Buffer.from(stored);
      changed.writeUInt8(stored.readUInt8(index) ^ 1, index);
      expect(() => cipher.decrypt('con_1', changed)).toThrow(TokenUnreadableError);
      expect(() => cipher.decrypt('con_1', stored.subarray(0, index))).toThrow(TokenUnreadableError);
    }
  });

  it('reads with the previous key, writes with the current one, and knows no third', () => {
    const next = randomBytes(32);
    const rotated = createTokenCipher({ current: next, previous: key });
    const old = cipher.encrypt('con_1', 'secret-token');
    expect(rotated.decrypt('con_1', old)).toBe('secret-token');
    const fresh = rotated.encrypt('con_1', 'secret-token');
    expect(() => cipher.decrypt('con_1', fresh)).toThrow(TokenUnreadableError);
    const later = createTokenCipher({ current: randomBytes(32), previous: next });
    expect(later.decrypt('con_1', fresh)).toBe('secret-token');
    expect(() => later.decrypt('con_1', old)).toThrow(TokenUnreadableError);
  });
});
