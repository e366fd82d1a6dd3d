import type { EmailRules } from '../identifiers/profiles.js';

export const QUOTE = 0x22;
export const APOSTROPHE = 0x27;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const AT = 0x40;
export const LF = 0x0a;

/** Classes of bytes in an e-mail address; below them are bytes to copy. */
export const FIRST_CLASS = 128;
export const DROPPED = 128;
export const CUTS = 129;
export const AT_SIGN = 130;
/** White space, quotation marks and what is not ASCII: for the careful rules. */
export const UNUSUAL = 131;

function table(entry: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => entry(byte));
}

/** The white space of ASCII that `trim` takes off. */
export const IS_SPACE = table((byte) => (/\s/.test(String.fromCharCode(byte)) && byte < 128 ? 1 : 0));

/** Lower case of ASCII; UNUSUAL for what else may need care. */
export const PLAIN = table((byte) =>
  byte > 127 || byte === QUOTE || IS_SPACE[byte] === 1
    ? UNUSUAL
    : String.fromCharCode(byte).toLowerCase().charCodeAt(0),
);

/** Lower-case hexadecimal digits; 0 for what is none. */
export const HEX_DIGIT = table((byte) =>
  /[0-9a-f]/i.test(String.fromCharCode(byte)) ? (PLAIN[byte] ?? 0) : 0,
);

/** What stands between the digits of a phone number: of the characters that the careful rules take out, the usual ones. */
export const IS_PHONE_PUNCTUATION = table((byte) => (' ().-/'.includes(String.fromCharCode(byte)) ? 1 : 0));

/** What no plain address holds: it wraps one, or stands between two. */
const IS_AROUND_ADDRESS = table((byte) => ('<>,;:()[]\\'.includes(String.fromCharCode(byte)) ? 1 : 0));

/** Behind the @ sign of an address. */
export const DOMAIN = table((byte) => {
  if (byte === AT) return AT_SIGN;
  return IS_AROUND_ADDRESS[byte] === 1 ? UNUSUAL : (PLAIN[byte] ?? UNUSUAL);
});

/** Letters and digits, in lower case. */
export const IS_LETTER_OR_DIGIT = table((byte) => (/[0-9a-z]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** Before the @ sign of an address. */
export function localPart({ removeDots, cutSuffix }: EmailRules): Uint8Array {
  return table((byte) => {
    if (byte === DOT && removeDots) return DROPPED;
    if (byte === PLUS && cutSuffix) return CUTS;
    return DOMAIN[byte] ?? UNUSUAL;
  });
}
