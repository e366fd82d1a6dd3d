import { domainToASCII } from 'node:url';
import { type PlainOutcome, plain, type RejectedOutcome, rejected } from './cell-outcome.js';
import { type NormalizationProfile, PROFILE_RULES } from './profiles.js';
import { unwrapAddress } from './unwrap-address.js';

const SEPARATORS = /[\s,;|/]+/;
const WHITESPACE = /\s/;
const ALL_WHITESPACE = /\s+/g;
const BEYOND_ASCII = /[\u0080-\uffff]/;
/** RFC 5322 allows none of them in an address without quotation marks: a second value, a typing error, a wrapping. */
const NOT_IN_AN_ADDRESS = /[<>,;:"()[\]\\]/;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]/u;
/** What a decoder leaves where bytes were no text: the address is not the customer's any more. */
const REPLACEMENT_CHARACTER = '\ufffd';

/** Puts an e-mail address (already without the wrappings that `cleanCell` takes off) into the spelling to be hashed. */
export function normaliseEmail(text: string, profile: NormalizationProfile): PlainOutcome | RejectedOutcome {
  // Full-width letters, as Asian keyboards write them, and the full-width @ are the same address.
  const written = unwrapAddress(BEYOND_ASCII.test(text) ? text.normalize('NFKC').trim() : text);
  if (written === null) return rejected('several_values');
  const at = written.indexOf('@');
  if (at === -1) return rejected('no_at_sign');
  if (written.indexOf('@', at + 1) !== -1)
    return rejected(holdsSeveral(written) ? 'several_values' : 'invalid_email');

  const rules = PROFILE_RULES[profile].email;
  let address = written.toLowerCase();
  if (WHITESPACE.test(address)) {
    if (!rules.removeWhitespace) return rejected('invalid_email');
    address = address.replace(ALL_WHITESPACE, '');
  }
  if (address.includes(REPLACEMENT_CHARACTER) || NOT_IN_AN_ADDRESS.test(address))
    return rejected('invalid_email');

  const boundary = address.indexOf('@');
  let local = address.slice(0, boundary);
  const domain = asciiDomain(address.slice(boundary + 1));
  if (rules.cutSuffix) {
    const plus = local.indexOf('+');
    if (plus !== -1) local = local.slice(0, plus);
  }
  if (rules.removeDots && local.includes('.')) local = local.replaceAll('.', '');
  if (local === '' || domain === '') return rejected('invalid_email');
  if (rules.beginsWithLetterOrDigit && !LETTER_OR_DIGIT.test(local)) return rejected('invalid_email');
  return plain(`${local}@${domain}`);
}

/**
 * `köln.example` and `xn--kln-sna.example` name one domain; mail travels to the second, so that is what is hashed. Empty
 * for what is no domain.
 */
function asciiDomain(domain: string): string {
  return BEYOND_ASCII.test(domain) ? domainToASCII(domain) : domain;
}

function holdsSeveral(text: string): boolean {
  return text.split(SEPARATORS).filter((piece) => piece.includes('@')).length > 1;
}
