import type { ProblemDetails } from './problem.js';

/** PostgreSQL's for text that it cannot hold: `character_not_in_repertoire` and `untranslatable_character`. */
const UNSTORABLE = new Set(['22021', '22P05']);
/** `invalid_text_representation`, which half a surrogate pair within JSON is too. */
const INVALID_TEXT = '22P02';

/** Text of a request that is none, or that no database stores; null for another error. */
export function textProblem(error: unknown): ProblemDetails | null {
  // Express's, for a path that cannot be decoded.
  if (error instanceof URIError && 'status' in error && error.status === 400) {
    return {
      status: 400,
      code: 'bad_address',
      title: 'The address is not valid',
      detail: 'The path of the address is not percent-encoded UTF-8.',
    };
  }
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const ofJson = error.code === INVALID_TEXT && error.message.includes('type json');
  if (!UNSTORABLE.has(error.code) && !ofJson) return null;
  return {
    status: 400,
    code: 'unstorable_text',
    title: 'The request holds a character that cannot be stored',
    detail: 'A text of the request holds U+0000 or half a surrogate pair. Send it without.',
  };
}
