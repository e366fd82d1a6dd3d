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

/** Digits with the marks that `normalisePhone` takes out, and an extension. */
const PHONE_LIKE =
  /^=?(?:tel:)?\(?\+?\(?\p{Nd}[\p{Nd}\s(),.\-/\u2010-\u2015\u2212\u00b7]{5,24}(?:[;,\s]*(?:ext(?:ension)?|x|#)[.:=\s]*\p{Nd}{1,7})?$/iu;
const WITH_COUNTRY_CODE = /^=?(?:tel:)?\(?(?:\+|00)/i;
/** Also as Asian keyboards write it. */
const AT_SIGN = /[@\uff20]/;
const DIGIT = /\p{Nd}/gu;

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
  if (isShortenedNumber(text)) return 'damaged_phone';
  // As Asian keyboards write it, too.
  const written = text.normalize('NFKC');
  if (!PHONE_LIKE.test(written)) return 'text';
  if ((written.match(DIGIT)?.length ?? 0) < 7) return 'text';
  const phone = normalisePhone(text);
  if (phone.kind === 'plain') return WITH_COUNTRY_CODE.test(written) ? 'international_phone' : 'bare_phone';
  return phone.reason === 'phone_without_country' ? 'national_phone' : 'text';
}
