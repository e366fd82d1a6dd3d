import { type PlainOutcome, plain, type RejectedOutcome, rejected } from './cell-outcome.js';
import { EMAIL_RULES, type NormalizationProfile } from './profiles.js';

const SEPARATORS = /[\s,;|/]+/;
const WHITESPACE = /\s/;
const ALL_WHITESPACE = /\s+/g;
/** What a decoder leaves where bytes were no text: the address is not the customer's any more. */
const REPLACEMENT_CHARACTER = '\ufffd';

/** Puts an e-mail address (already without the wrappings that `cleanCell` takes off) into the spelling to be hashed. */
export function normaliseEmail(text: string, profile: NormalizationProfile): PlainOutcome | RejectedOutcome {
  const at = text.indexOf('@');
  if (at === -1) return rejected('no_at_sign');
  if (text.indexOf('@', at + 1) !== -1)
    return rejected(holdsSeveral(text) ? 'several_values' : 'invalid_email');

  const rules = EMAIL_RULES[profile];
  let address = text.toLowerCase();
  if (WHITESPACE.test(address)) {
    if (!rules.removeWhitespace) return rejected('invalid_email');
    address = address.replace(ALL_WHITESPACE, '');
  }
  if (address.includes(REPLACEMENT_CHARACTER)) return rejected('invalid_email');

  const boundary = address.indexOf('@');
  let local = address.slice(0, boundary);
  const domain = address.slice(boundary + 1);
  if (rules.cutSuffix) {
    const plus = local.indexOf('+');
    if (plus !== -1) local = local.slice(0, plus);
  }
  if (rules.removeDots && local.includes('.')) local = local.replaceAll('.', '');
  if (local === '' || domain === '') return rejected('invalid_email');
  return plain(`${local}@${domain}`);
}

function holdsSeveral(text: string): boolean {
  return text.split(SEPARATORS).filter((piece) => piece.includes('@')).length > 1;
}
