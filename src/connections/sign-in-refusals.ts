import { meaningOfCode } from '../tiktok/classify.js';
import { TikTokError } from '../tiktok/errors.js';
import { type AuthorizationRefusal, AuthorizationRefusedError } from './authorization-refused-error.js';

interface RefusalText {
  readonly code: AuthorizationRefusal;
  readonly title: string;
  readonly detail: string;
}

const CODE_OVER: RefusalText = {
  code: 'code_refused',
  title: 'The sign-in is no longer valid',
  detail:
    'Nothing was connected. The code that TikTok gave for this sign-in was used already, is older than an hour or was ' +
    'canceled, as it happens when the page is loaded again. Begin the sign-in again.',
};

const APP_MISMATCH: RefusalText = {
  code: 'app_refused',
  title: 'TikTok did not accept this server',
  detail:
    'Nothing was connected. App id, app secret and the code of this sign-in do not belong together. Whoever operates ' +
    'this server has to compare TIKTOK_APP_ID and TIKTOK_APP_SECRET with "My Apps" at TikTok API for Business; then ' +
    'begin the sign-in again.',
};

const APP_BLOCKED: RefusalText = {
  code: 'app_refused',
  title: 'TikTok does not know this app',
  detail:
    'Nothing was connected. TikTok has blocked the developer app, or knows none with this id and secret. Whoever ' +
    'operates this server has to look at the app in "My Apps" at TikTok API for Business and at TIKTOK_APP_ID and ' +
    'TIKTOK_APP_SECRET.',
};

/** TikTok's answers to a sign-in that have words of their own. */
const BY_CODE: ReadonlyMap<number, RefusalText> = new Map([
  [40110, CODE_OVER],
  [40115, CODE_OVER],
  [40101, APP_MISMATCH],
  [40109, APP_MISMATCH],
  [40112, APP_MISMATCH],
  [40116, APP_MISMATCH],
  [40113, APP_BLOCKED],
]);

/** What a failed call means for the person who is signing in. */
export function refusedByTikTok(error: TikTokError): AuthorizationRefusedError {
  const { code, title, detail } = textFor(error);
  return new AuthorizationRefusedError(code, title, detail, { cause: error });
}

function textFor(error: TikTokError): RefusalText {
  if (error.class === 'transient' || error.class === 'rate_limit') {
    return {
      code: 'tiktok_unavailable',
      title: 'TikTok does not answer',
      detail:
        'Nothing was connected, since TikTok could not be asked just now. Begin the sign-in again in some minutes.',
    };
  }
  const { code, requestId } = error.details;
  // "The app_id is inconsistent with the token's app information" comes with 40000 as well as 40113.
  if (error.class === 'reauthorize' && (code === 40000 || code === 40113)) return APP_MISMATCH;
  const known = code === null ? undefined : BY_CODE.get(code);
  if (known !== undefined) return known;
  const inWords = code === null ? '' : `: ${meaningOfCode(code, error.message, 200).happened}`;
  const reference = requestId === null ? '' : `, request ${requestId}`;
  return {
    code: 'tiktok_refused',
    title: 'TikTok did not accept the sign-in',
    detail:
      `Nothing was connected. TikTok refused it${inWords} (code ${code ?? 'unknown'}${reference}). Begin the sign-in ` +
      'again; if it fails once more, give these words to whoever operates this server.',
  };
}

export function accessDenied(): AuthorizationRefusedError {
  return new AuthorizationRefusedError(
    'not_allowed',
    'The access was not allowed',
    'TikTok sent you back without an authorization, because the access was not allowed or the page was left. ' +
      'Nothing was connected. Begin the sign-in again to allow it; it takes an admin or operator of the ad account.',
  );
}

/** Runs a call of a sign-in; its failure is one that a person can read. */
export async function askTikTok<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof TikTokError ? refusedByTikTok(error) : error;
  }
}
