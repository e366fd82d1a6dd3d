import { cleanCell, LONGEST_VALUE } from './identifiers/clean-cell.js';
import { normaliseEmail } from './identifiers/email.js';
import { recogniseHash } from './identifiers/hash-value.js';
import { isMaidWithoutDashes, normaliseMaid } from './identifiers/maid.js';
import { isShortenedNumber, normalisePhone } from './identifiers/phone.js';

/**
 * What the text of a cell looks like, whatever its column is called. `damaged_phone` was cut by a spreadsheet;
 * `bare_phone` is digits that are a valid number with its country code, but could be any other number as well.
 */
export type ValueKind =
  | 'empty'
  | 'email'
  | 'international_phone'
  | 'bare_phone'
  | 'national_phone'
  | 'damaged_phone'
  | 'maid'
  | 'sha256'
  | 'md5'
  | 'other_hash'
  | 'text';

const PHONE_LIKE = /^(?:tel:)?[+(]?[0-9][0-9\s(),.\-/\u00a0]{5,24}$/i;
/** Also as Asian keyboards write it. */
const AT_SIGN = /[@\uff20]/;
const DIGIT = /[0-9]/g;

export function classifyValue(cell: string): ValueKind {
  const text = cleanCell(cell);
  if (text === '') return 'empty';
  if (text.length > LONGEST_VALUE) return 'text';
  const hash = recogniseHash(text);
  if (hash !== null) {
    if (hash.encoding === 'base64') return 'other_hash';
    switch (hash.algorithm) {
      case 'sha256':
        return 'sha256';
      case 'md5':
        return isMaidWithoutDashes(hash.hex) ? 'maid' : 'md5';
      case 'sha1':
      case 'sha224':
      case 'sha384':
      case 'sha512':
        return 'other_hash';
    }
  }
  // The older profile accepts no more than the newer one does, so what it takes is an address under both.
  if (AT_SIGN.test(text)) return normaliseEmail(text, 'brief-2024').kind === 'plain' ? 'email' : 'text';
  if (normaliseMaid(text).kind === 'plain') return 'maid';
  return classifyPhone(text);
}

function classifyPhone(text: string): ValueKind {
  if (!PHONE_LIKE.test(text)) return isShortenedNumber(text) ? 'damaged_phone' : 'text';
  if ((text.match(DIGIT)?.length ?? 0) < 7) return 'text';
  const phone = normalisePhone(text);
  if (phone.kind === 'plain')
    return /^(?:tel:)?(?:\+|\(?00)/i.test(text) ? 'international_phone' : 'bare_phone';
  return phone.reason === 'phone_without_country' ? 'national_phone' : 'text';
}
