const MAILTO = /^mailto:/i;
const IN_BRACKETS = /<([^<>]*)>/g;
/** Left over from a list of addresses, as mail programs write it. */
const SEPARATOR = /[\s,;]/;
const QUOTE = /["']/;

/**
 * An e-mail address without what mail programs and web pages write around it: `Jane <jane@…>`, `mailto:jane@…?subject=…`,
 * a separator at the end. Null when more than one address stands in brackets, or one beside another.
 */
export function unwrapAddress(text: string): string | null {
  if (!/[<,;:]/.test(text)) return text;
  const inBrackets = [...text.matchAll(IN_BRACKETS)]
    .map(([, content = '']) => content)
    .filter((content) => content.includes('@'));
  const [address, ...others] = inBrackets;
  if (address === undefined) return withoutScheme(withoutEnds(text, SEPARATOR));
  if (others.length > 0) return null;
  const around = text.replace(`<${address}>`, '');
  const name = withoutEnds(withoutEnds(around, SEPARATOR), QUOTE);
  const unwrapped = withoutScheme(address.trim());
  // Mail programs repeat the address where they know no name.
  if (name.includes('@') && name.trim().toLowerCase() !== unwrapped.toLowerCase()) return null;
  return unwrapped;
}

function withoutScheme(text: string): string {
  if (!MAILTO.test(text)) return text;
  const address = text.replace(MAILTO, '');
  const at = address.indexOf('@');
  const query = at === -1 ? -1 : address.indexOf('?', at);
  return (query === -1 ? address : address.slice(0, query)).trim();
}

/** One character at a time: as a regular expression this takes long for text with long runs of them. */
function withoutEnds(text: string, character: RegExp): string {
  let start = 0;
  let end = text.length;
  while (start < end && character.test(text.charAt(start))) start++;
  while (end > start && character.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
