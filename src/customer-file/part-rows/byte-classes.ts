export const QUOTE = 0x22;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const LF = 0x0a;

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
