import type { Identifier } from '../identifiers/identifier.js';
import { countryCodeLength, readNational } from '../identifiers/phone.js';
import { type NormalizationProfile, PROFILE_RULES } from '../identifiers/profiles.js';
import type { IdentifierColumn } from '../plan.js';
import { DOT, IS_PHONE_PUNCTUATION, NINE, PLUS, ZERO } from './byte-classes.js';
import type { PlainValues } from './plain-values.js';

/**
 * A rule of identifiers/ for the plain spellings of a value, on bytes: the cell from `start` to `end`, trimmed and not
 * empty. Writes what is to be hashed at `slot` of the same memory and returns its length, at most 55. Returns 0 when the
 * careful rule must decide; the slot is then in no defined state. Where it does not return 0, it agrees with that rule.
 */
export type ByteRule = (bytes: Buffer, start: number, end: number, slot: number) => number;

/** `plainValues`: of the memory that the rule is to work on. */
export function byteRule(
  column: IdentifierColumn,
  normalization: NormalizationProfile,
  plainValues: PlainValues,
): ByteRule {
  const profile = PROFILE_RULES[normalization];
  const rules: Readonly<Record<Identifier, () => ByteRule>> = {
    email: () => (_, start, end, slot) => plainValues.email(start, end, slot, profile.email),
    phone: () => (profile.phone === 'digits' ? withoutPlus(phoneRule(column)) : phoneRule(column)),
    maid: () => (_, start, end, slot) => plainValues.maid(start, end, slot),
  };
  return rules[column.identifier]();
}

/** Longer than any number with the usual punctuation. */
const MAX_PHONE_BYTES = 32;
const MAX_PHONE_DIGITS = 15;
const MIN_PHONE_DIGITS = 7;
const ONE = 0x31;
const TWO = 0x32;
const OPENING_BRACKET = 0x28;

/** By the first two digits. */
const COUNTRY_CODE_LENGTH = Uint8Array.from({ length: 100 }, (_, digits) =>
  countryCodeLength(String(digits).padStart(2, '0')),
);

function phoneRule({ defaultCountry }: IdentifierColumn): ByteRule {
  const isAmerican = defaultCountry === 'US' || defaultCountry === 'CA';
  return (bytes, start, end, slot) => {
    if (end - start > MAX_PHONE_BYTES) return 0;
    const plus = bytes[start] === PLUS;
    const international = plus || (bytes[start] === ZERO && bytes[start + 1] === ZERO);
    // A fraction, as data tools write it, is not punctuation.
    if (bytes[end - 2] === DOT) return 0;
    // A national number leaves room for its country code.
    const first = international ? slot + 1 : slot + 2;
    let to = first;
    for (let at = international ? start + (plus ? 1 : 2) : start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) {
        if (to - first === MAX_PHONE_DIGITS) return 0;
        bytes[to++] = byte;
      } else if (IS_PHONE_PUNCTUATION[byte] === 0) {
        return 0;
      } else if (byte === OPENING_BRACKET && bytes[at + 1] === ZERO) {
        return 0;
      }
    }
    if (!international && !isAmerican) return spellNational(bytes, slot, to, defaultCountry);
    bytes[slot] = PLUS;
    return international ? internationalLength(bytes, slot, to) : americanLength(bytes, slot, to);
  };
}

/** The digits of E.164 alone, as some profiles have them. */
function withoutPlus(rule: ByteRule): ByteRule {
  return (bytes, start, end, slot) => {
    const length = rule(bytes, start, end, slot);
    if (length === 0) return 0;
    bytes.copyWithin(slot, slot + 1, slot + length);
    bytes[slot + length - 1] = 0;
    return length - 1;
  };
}

function internationalLength(bytes: Uint8Array, slot: number, end: number): number {
  const digits = end - slot - 1;
  const first = bytes[slot + 1] ?? 0;
  if (digits < MIN_PHONE_DIGITS || first === ZERO) return 0;
  const code = COUNTRY_CODE_LENGTH[(first - ZERO) * 10 + (bytes[slot + 2] ?? 0) - ZERO] ?? 0;
  // A zero behind the country code may be a trunk zero written by mistake.
  return bytes[slot + 1 + code] === ZERO ? 0 : digits + 1;
}

/** The digits stand from `slot + 2` on. Which country has them is decided on text: it takes more than looking at bytes. */
function spellNational(bytes: Buffer, slot: number, end: number, country: string | undefined): number {
  // An international number whose zeros stand apart.
  if (bytes[slot + 2] === ZERO && bytes[slot + 3] === ZERO) return 0;
  const outcome = readNational(bytes.toString('latin1', slot + 2, end), country);
  if (outcome.kind === 'rejected') return 0;
  const length = bytes.write(outcome.canonical, slot, 'latin1');
  if (slot + length < end) bytes.fill(0, slot + length, end);
  return length;
}

/** Ten digits, or eleven with the country code, the area code beginning with 2 to 9. They stand from `slot + 2` on. */
function americanLength(bytes: Uint8Array, slot: number, end: number): number {
  const digits = end - slot - 2;
  if (digits === 11 && bytes[slot + 2] === ONE && (bytes[slot + 3] ?? 0) >= TWO) {
    bytes.copyWithin(slot + 1, slot + 2, end);
    bytes[end - 1] = 0;
    return 12;
  }
  if (digits !== 10 || (bytes[slot + 2] ?? 0) < TWO) return 0;
  bytes[slot + 1] = ONE;
  return 12;
}
