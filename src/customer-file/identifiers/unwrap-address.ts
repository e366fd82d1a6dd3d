const MAILTO = /^mailto:/i;
const QUERY_BEHIND_ADDRESS = /(@[^?]*)\?.*$/s;
const IN_BRACKETS = /<([^<>]*@[^<>]*)>/g;
/** Left over from a list of addresses, as mail programs write it. */
const SEPARATORS_AROUND = /^[\s,;]+|[\s,;]+$/g;
const QUOTES_AROUND = /^["']+|["']+$/g;

/**
 * An e-mail address without what mail programs and web pages write around it: `Jane <jane@…>`, `mailto:jane@…?subject=…`,
 * a separator at the end. Null when more than one address stands in brackets, or one beside another.
 */
export function unwrapAddress(text: string): string | null {
  if (!/[<,;:]/.test(text)) return text;
  const inBrackets = [...text.matchAll(IN_BRACKETS)].map(([, address = '']) => address);
  const [address, ...others] = inBrackets;
  if (address === undefined) return withoutScheme(text.replace(SEPARATORS_AROUND, ''));
  if (others.length > 0) return null;
  const name = text.replace(IN_BRACKETS, '').replace(SEPARATORS_AROUND, '').replace(QUOTES_AROUND, '');
  const unwrapped = withoutScheme(address.trim());
  // Mail programs repeat the address where they know no name.
  if (name.includes('@') && name.trim().toLowerCase() !== unwrapped.toLowerCase()) return null;
  return unwrapped;
}

function withoutScheme(text: string): string {
  return MAILTO.test(text) ? text.replace(MAILTO, '').replace(QUERY_BEHIND_ADDRESS, '$1').trim() : text;
}
