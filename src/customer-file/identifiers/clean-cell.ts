const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Soft hyphen, zero-width and direction marks, fillers, byte order mark: copied along with a value, never part of it. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Whatever is longer identifies nobody, and some rules would take minutes for it. */
export const LONGEST_VALUE = 4096;

const PAIRS_OF_QUOTES: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ['\u201c', '\u201d'],
  ['\u201e', '\u201c'],
];

/**
 * The value in a cell without what programs put around it: white space, invisible characters, and the guards that
 * keep a spreadsheet from reading a number into it (`'+4930…` and `="+4930…"`, as Shopify exports them), and quotation
 * marks around all of it, as files that were quoted twice have them.
 */
export function cleanCell(cell: string): string {
  let text = cell.trim();
  if (BEYOND_ASCII.test(text)) text = text.replace(INVISIBLE, '').trim();
  if (text.startsWith('="') && text.endsWith('"') && text.length > 2) text = text.slice(2, -1).trim();
  if (text.startsWith("'"))
    text = text.slice(1, text.endsWith("'") ? Math.max(1, text.length - 1) : undefined).trim();
  return withoutQuotes(text);
}

function withoutQuotes(text: string): string {
  const pair = PAIRS_OF_QUOTES.find(
    ([open, close]) => text.length > 1 && text.startsWith(open) && text.endsWith(close),
  );
  return pair === undefined ? text : text.slice(1, -1).trim();
}
