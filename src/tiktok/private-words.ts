/** TikTok's words are quoted in errors and logs; more than this of them helps nobody. */
const LONGEST_QUOTE = 400;

/** Tokens and authorization codes are 40 hex digits, hashed identifiers 32 or 64; request ids are 34 characters. */
const LIKE_A_TOKEN = /[A-Za-z0-9_-]{32,}/g;
const LIKE_AN_ADDRESS = /\S+@\S+/g;

/**
 * TikTok's own message, fit to be quoted: without the secrets of the call, and without whatever looks like a token, a
 * hash or an e-mail address, in case an answer echoes what it was sent.
 */
export function quotable(message: string, secrets: readonly string[]): string {
  let text = message;
  for (const secret of secrets) {
    if (secret !== '') text = text.replaceAll(secret, '[removed]');
  }
  text = text.replace(LIKE_A_TOKEN, '[removed]').replace(LIKE_AN_ADDRESS, '[removed]');
  text = text.replace(/\s+/g, ' ').trim();
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
