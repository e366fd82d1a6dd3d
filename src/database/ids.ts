import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: the prefix of its kind and 20 characters of Crockford's base 32 in lower case, 100 bits of them random.
 * Without `/`, which Temporal's Web UI would need encoded twice.
 */
export function newId(prefix: 'con' | 'upl' | 'act' | 'pre'): string {
  let id = `${prefix}_`;
  for (const byte of randomBytes(20)) id += ALPHABET.charAt(byte & 31);
  return id;
}
