import { type PlainOutcome, plain, type RejectedOutcome, rejected } from './cell-outcome.js';
import { isPhoneCountry, planOfCountry } from './number-plans.js';
import { phoneLibrary } from './phone-library.js';
import { readInternationalDigits, readNationalDigits, withoutOwnPrefix } from './read-digits.js';

const PLAIN_DIGITS = /^\+?[0-9]+$/;
const BEYOND_ASCII = /[\u0080-\uffff]/;
const PUNCTUATION = /[\s().\-/\u2010-\u2015\u2212\u00b7]/g;
const LETTER = /\p{L}/u;
/** `4.91512E+11`, `4,91512E+11`: a spreadsheet kept six digits of the number, the others are gone. */
const SCIENTIFIC = /^[0-9]+(?:[.,][0-9]+)?e\+?[0-9]+$/i;
/**
 * `4915112345678.0`, `4915112345678,00`, `4.915.112.345.678,00`: a column of numbers, as data tools and spreadsheets write
 * it. People put a dot between groups of digits too, but no group of one or two behind seven digits in one.
 */
const FRACTION =
  /^(\+?[0-9]{7,}|\+?[0-9]{1,3}(?:[ ,'\u2019][0-9]{3}){2,}(?=\.)|\+?[0-9]{1,3}(?:[ .'\u2019][0-9]{3}){2,}(?=,))[.,]([0-9]{1,2})$/;
/** `4915112345678.0000`. With a + the cell is text, and its zeros are the number's. */
const FRACTION_OF_ZEROS = /^([0-9]{7,})[.,](0{3,})$/;
const ALL_ZEROS = /^0+$/;
const NOT_OF_A_NUMBER = /[^+0-9]/g;
/** `=+4915112345678`: what a spreadsheet makes of a number that is typed with its +. */
const FORMULA_SIGN = /^=(?=[+0-9(])/;
const INTERNATIONAL_PREFIX = /^(?:\+|00)/;
const SEPARATORS = /[,;|\n]|\s\/\s|\bor\b|\band\b/i;
const TEL_PREFIX = /^tel:/i;
const NON_DIGIT = /[^0-9]/g;

/** E.164: at most 15 digits; no country has numbers that, with their code, are shorter than 7. */
const MIN_DIGITS = 7;
const MAX_DIGITS = 15;
/** From this length on, digits can hold a country code: ten digits are as well an American number without one. */
const MIN_DIGITS_WITH_COUNTRY = 11;

/** Calling codes of two digits (ITU E.164). One digit: 1 and 7. All others have three. */
const TWO_DIGIT_CODES = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/**
 * Puts a phone number into E.164 with `+`, the form that TikTok documents. A number without a country code needs the
 * default country. Without one, bare digits (11 to 15, no leading zero) are still taken when they are a valid number
 * once a `+` stands before them, since spreadsheets eat the `+`; they are then spelt as with it. Shorter or invalid ones
 * are `phone_without_country`.
 *
 * A number with `+` is checked for E.164's form only: whether the country has assigned it is TikTok's to know.
 */
export function normalisePhone(text: string, defaultCountry?: string): PlainOutcome | RejectedOutcome {
  if (isShortenedNumber(text)) return rejected('damaged_by_spreadsheet');
  const ascii = BEYOND_ASCII.test(text) ? text.normalize('NFKC') : text;
  const written = withoutFraction(ascii.replace(FORMULA_SIGN, '').replace(TEL_PREFIX, ''));
  if (written === null) return rejected('invalid_phone');
  const compact = PLAIN_DIGITS.test(written) ? written : written.replace(PUNCTUATION, '');
  if (!PLAIN_DIGITS.test(compact)) return readWithCare(written, defaultCountry);
  if (isTooLong(compact) && numbersIn(written) > 1) return rejected('several_values');
  if (compact.startsWith('+')) {
    return written.includes('(0)')
      ? readWithCare(written, defaultCountry)
      : readInternational(compact.slice(1));
  }
  if (compact.startsWith('00')) return readDialled(compact, defaultCountry);
  return readNational(compact, defaultCountry);
}

/** Two numbers with nothing but punctuation between them look like one of too many digits. */
function isTooLong(compact: string): boolean {
  return compact.replace(INTERNATIONAL_PREFIX, '').length > MAX_DIGITS;
}

/** Whether a spreadsheet has shortened the number: `normalisePhone` takes it for `damaged_by_spreadsheet`. */
export function isShortenedNumber(text: string): boolean {
  return SCIENTIFIC.test(text);
}

/** A fraction of zeros is cut: nothing is lost. Null for another one: then the cell is no telephone number. */
function withoutFraction(text: string): string | null {
  const [, whole, fraction] = FRACTION.exec(text) ?? FRACTION_OF_ZEROS.exec(text) ?? [];
  if (whole === undefined || fraction === undefined) return text;
  return ALL_ZEROS.test(fraction) ? whole.replace(NOT_OF_A_NUMBER, '') : null;
}

function readInternational(digits: string): PlainOutcome | RejectedOutcome {
  if (digits.startsWith('0') || digits.length < MIN_DIGITS || digits.length > MAX_DIGITS) {
    return rejected('invalid_phone');
  }
  if (!zeroFollowsCountryCode(digits)) return plain(`+${digits}`);
  // Only the country's own plan tells a trunk zero written by mistake (+49 0151…) from one that belongs (+39 06…).
  const number = readInternationalDigits(digits);
  return number?.isPossible === true ? plain(number.e164) : rejected('invalid_phone');
}

/**
 * Digits behind `00`, or behind what the default country dials in its place: `0011` in Australia, `001` in Korea. Where
 * both can be meant, it is the one that gives a valid number, and the country's own before another; two others are too many.
 */
function readDialled(digits: string, defaultCountry: string | undefined): PlainOutcome | RejectedOutcome {
  const behindZeros = readInternational(digits.slice(2));
  const own = withoutLongerPrefix(digits, defaultCountry);
  if (own === null || (isOfCountry(digits.slice(2), defaultCountry) && isValid(behindZeros)))
    return behindZeros;
  const [valid, another] = [behindZeros, readInternational(own)].filter(isValid);
  return valid === undefined || another !== undefined ? rejected('invalid_phone') : valid;
}

/** Null where the default country dials `00`, or dials these digits so. */
function withoutLongerPrefix(digits: string, defaultCountry: string | undefined): string | null {
  if (defaultCountry === undefined || !isPhoneCountry(defaultCountry)) return null;
  const own = withoutOwnPrefix(digits, defaultCountry);
  return own === digits.slice(2) ? null : own;
}

function isOfCountry(digits: string, country: string | undefined): boolean {
  return (
    country !== undefined && isPhoneCountry(country) && digits.startsWith(planOfCountry(country).callingCode)
  );
}

/** As it would be sent: a number that is one only without a trunk prefix was not meant. */
function isValid(outcome: PlainOutcome | RejectedOutcome): boolean {
  if (outcome.kind === 'rejected') return false;
  const number = readInternationalDigits(outcome.canonical.slice('+'.length));
  return number?.e164 === outcome.canonical && number.isValid();
}

function zeroFollowsCountryCode(digits: string): boolean {
  return digits[countryCodeLength(digits)] === '0';
}

/** How many of the digits (two at least, of a number with its country code) are the country code. */
export function countryCodeLength(digits: string): number {
  if (digits.startsWith('1') || digits.startsWith('7')) return 1;
  return TWO_DIGIT_CODES.test(digits) ? 2 : 3;
}

/** The part of `normalisePhone` for digits alone that do not begin with `00`. */
export function readNational(
  digits: string,
  defaultCountry: string | undefined,
): PlainOutcome | RejectedOutcome {
  if (digits.length > MAX_DIGITS || digits.length < 4) return rejected('invalid_phone');
  if (defaultCountry === undefined || !isPhoneCountry(defaultCountry)) {
    if (isInternationalWithoutPlus(digits)) return readInternational(digits);
    return rejected(digits.length < MIN_DIGITS ? 'invalid_phone' : 'phone_without_country');
  }
  if (defaultCountry === 'US' || defaultCountry === 'CA') {
    if (/^[2-9][0-9]{9}$/.test(digits)) return plain(`+1${digits}`);
    if (/^1[2-9][0-9]{9}$/.test(digits)) return plain(`+${digits}`);
  }
  const national = readNationalDigits(digits, defaultCountry);
  // Both readings can hold (German numbers have no fixed length). From twelve digits on, digits that begin with the
  // country's own code are taken as having it.
  const international =
    digits.startsWith(planOfCountry(defaultCountry).callingCode) && isInternationalWithoutPlus(digits);
  if (international && (digits.length >= 12 || national?.isValid() !== true)) {
    return readInternational(digits);
  }
  if (national?.isPossible === true) return plain(national.e164);
  return isInternationalWithoutPlus(digits) ? readInternational(digits) : rejected('invalid_phone');
}

/** A trunk zero behind the country code does not count: `readInternational` leaves it out. */
function isInternationalWithoutPlus(digits: string): boolean {
  if (digits.startsWith('0') || digits.length < MIN_DIGITS_WITH_COUNTRY) return false;
  return readInternationalDigits(digits)?.isValid() === true;
}

/** Extensions, a trunk zero in brackets, several numbers in one cell, and text that is no number at all. */
function readWithCare(written: string, defaultCountry: string | undefined): PlainOutcome | RejectedOutcome {
  const numbers = numbersIn(written);
  if (numbers > 1) return rejected('several_values');
  if (countDigits(written) < MIN_DIGITS) return rejected('invalid_phone');
  const country = defaultCountry !== undefined && isPhoneCountry(defaultCountry) ? defaultCountry : undefined;
  const parsed = (text: string) =>
    phoneLibrary().parsePhoneNumberFromString(text, {
      extract: false,
      ...(country === undefined ? {} : { defaultCountry: country }),
    });
  const behindZeros = written.replace(/^00(?=[1-9])/, '+');
  const digits = written.replace(NON_DIGIT, '');
  if (behindZeros !== written && withoutLongerPrefix(digits, country) !== null) {
    // As in `readDialled`.
    const dialled = parsed(behindZeros);
    if (isOfCountry(digits.slice(2), country) && dialled?.isValid() === true) return plain(dialled.number);
    const readings = [dialled, parsed(written)];
    const valid = new Set(readings.flatMap((number) => (number?.isValid() === true ? [number.number] : [])));
    const [first] = valid;
    return first === undefined || valid.size > 1 ? rejected('invalid_phone') : plain(first);
  }
  const number = parsed(behindZeros);
  if (number?.isPossible() === true) return plain(number.number);
  const nationalOnly = country === undefined && !written.startsWith('+') && !LETTER.test(written);
  return rejected(nationalOnly && numbers === 1 ? 'phone_without_country' : 'invalid_phone');
}

function numbersIn(written: string): number {
  return written.split(SEPARATORS).filter((piece) => countDigits(piece) >= MIN_DIGITS).length;
}

function countDigits(text: string): number {
  return text.replace(NON_DIGIT, '').length;
}
