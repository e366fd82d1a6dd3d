import type { IdentifierKind } from './calculate-type.js';
import { KEY_WORDS } from './identifier-set.js';

const NOT_HEX = 255;
const DASH = 0x2d;
const HEX_DIGITS_OF_WORD = 8;

const HEX = new Uint8Array(256).fill(NOT_HEX);
for (let digit = 0; digit < 16; digit += 1) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

const LENGTHS: Record<IdentifierKind, number> = {
  email_sha256: 64,
  phone_sha256: 64,
  maid_sha256: 64,
  maid_md5: 32,
  maid: 36,
};

/** Positions of the dashes in `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. */
const UUID_DASHES = new Set([8, 13, 18, 23]);

/**
 * Reads the value in `bytes` from `start` to `end` into the four words of `key`; false when it is not of this kind:
 * 64 or 32 hex digits in any case, a UUID with its dashes for a plain MAID. Nothing around it is tolerated.
 */
export function parseIdentifier(
  kind: IdentifierKind,
  bytes: Uint8Array,
  start: number,
  end: number,
  key: Uint32Array,
): boolean {
  if (end - start !== LENGTHS[kind]) return false;
  let digits = 0;
  let word = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (kind === 'maid' && UUID_DASHES.has(at - start)) {
      if (byte !== DASH) return false;
      continue;
    }
    const digit = HEX[byte] ?? NOT_HEX;
    if (digit === NOT_HEX) return false;
    word = (word << 4) | digit;
    digits += 1;
    if (digits % HEX_DIGITS_OF_WORD === 0 && digits <= KEY_WORDS * HEX_DIGITS_OF_WORD) {
      key[digits / HEX_DIGITS_OF_WORD - 1] = word;
    }
  }
  return true;
}
