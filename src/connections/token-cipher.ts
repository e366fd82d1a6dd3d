import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_ID_BYTES = 8;
/** "96 bits" is the nonce length for which GCM is defined without hashing it first (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** 32 bytes each. What the previous key encrypted stays readable; new tokens are encrypted with the current one. */
export interface EncryptionKeys {
  readonly current: Buffer;
  readonly previous: Buffer | null;
}

/** Encrypts access tokens for the database. A stored token opens only for the connection that it was stored for. */
export interface TokenCipher {
  encrypt(connectionId: string, token: string): Buffer;
  /** Throws `TokenUnreadableError`. */
  decrypt(connectionId: string, stored: Buffer): string;
  /** Whether it was written with the current key. */
  isCurrent(stored: Buffer): boolean;
}

/** The stored bytes were written with a key that this process does not have, or were changed. */
export class TokenUnreadableError extends Error {
  override readonly name = 'TokenUnreadableError';
}

/** Stored bytes: id of the key, nonce, authentication tag, ciphertext. */
export function createTokenCipher(keys: EncryptionKeys): TokenCipher {
  const current = identified(keys.current);
  const known = keys.previous === null ? [current] : [current, identified(keys.previous)];

  return {
    encrypt(connectionId, token) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, current.key, nonce).setAAD(Buffer.from(connectionId));
      const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
      return Buffer.concat([current.id, nonce, cipher.getAuthTag(), ciphertext]);
    },

    isCurrent: (stored) => stored.subarray(0, KEY_ID_BYTES).equals(current.id),

    decrypt(connectionId, stored) {
      const id = stored.subarray(0, KEY_ID_BYTES);
      const key = known.find((candidate) => candidate.id.equals(id))?.key;
      if (key === undefined) {
        throw new TokenUnreadableError('The stored token was encrypted with a key that is not configured');
      }
      const nonce = stored.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
      const rest = stored.subarray(KEY_ID_BYTES + NONCE_BYTES);
      try {
        const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(connectionId))
          .setAuthTag(rest.subarray(0, TAG_BYTES));
        return Buffer.concat([decipher.update(rest.subarray(TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new TokenUnreadableError('The stored token was changed, or belongs to another connection', {
          cause: error,
        });
      }
    },
  };
}

/** The id of a key is a digest of it, so that nobody has to number keys. It tells nothing about the key. */
function identified(key: Buffer): { id: Buffer; key: Buffer } {
  const digest = createHash('sha256').update('activate-audience token key').update(key).digest();
  return { id: digest.subarray(0, KEY_ID_BYTES), key };
}
