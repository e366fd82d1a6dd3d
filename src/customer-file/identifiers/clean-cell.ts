const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Soft hyphen, zero-width and direction marks, byte order mark: copied along with a value, never part of it. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/**
 * The value in a cell without what programs put around it: white space, invisible characters, and the guards that
 * keep a spreadsheet from reading a number into it (`'+4930…` and `="+4930…"`, as Shopify exports them).
 */
export function cleanCell(cell: string): string {
  let text = cell.trim();
  if (BEYOND_ASCII.test(text)) text = text.replace(INVISIBLE, '').trim();
  if (text.startsWith('="') && text.endsWith('"') && text.length > 2) text = text.slice(2, -1).trim();
  if (text.startsWith("'"))
    text = text.slice(1, text.endsWith("'") ? Math.max(1, text.length - 1) : undefined).trim();
  return text;
}
