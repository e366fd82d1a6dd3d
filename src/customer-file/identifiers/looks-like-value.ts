const AT_SIGN = /[@\uff20]/;
const DIGIT = /\p{Nd}/gu;
const HEX_RUN = /[0-9a-f]{32}/;
const UUID_SEPARATORS = /[-\s_{}]/g;

/**
 * Whether a text may be somebody's data rather than the name of a column: an @, seven digits, 32 hexadecimal digits.
 * Such text is personal data: it is written nowhere, and the column is spoken of by its number.
 */
export function looksLikeValue(text: string): boolean {
  if (AT_SIGN.test(text)) return true;
  if ((text.match(DIGIT)?.length ?? 0) >= 7) return true;
  return HEX_RUN.test(text.toLowerCase().replace(UUID_SEPARATORS, ''));
}
