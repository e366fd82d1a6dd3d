export const QUOTE = 0x22;
export const COMMA = 0x2c;
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
