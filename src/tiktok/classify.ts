import type { TikTokErrorClass } from './errors.js';
import { RETURN_CODES, type ReturnCode } from './return-codes.js';

/** What a failed answer means: the class decides what is done, the words are for a person. */
export type FailureMeaning = Pick<ReturnCode, 'class' | 'happened' | 'advice'>;

interface TextMeaning extends FailureMeaning {
  readonly codes: readonly number[];
  /** TikTok's words, as public recordings of live answers have them. */
  readonly words: RegExp;
}

/** Codes that TikTok uses for unrelated failures, which only its words tell apart. */
const TEXT_MEANINGS: readonly TextMeaning[] = [
  {
    codes: [40000, 40113],
    words: /inconsistent with the token/i,
    class: 'reauthorize',
    happened: 'the access token belongs to another app than the one configured',
    advice: 'Sign in at TikTok again; if the app was changed on purpose, that is all.',
  },
  {
    codes: [40001],
    words: /doesn.t exist|does not exist|has been deleted/i,
    class: 'invalid',
    happened: 'the advertiser or the audience was deleted, or cannot be reached any more',
    advice: 'Choose another advertiser: signing in again does not bring a deleted one back.',
  },
  {
    codes: [40001],
    words: /lacks the required scope/i,
    class: 'permission',
    happened:
      "the token has no scope for this call, as it is not among the app's permissions or was not granted",
    advice: 'The operator has to enable Audience Management for the app at TikTok, then sign in again.',
  },
  {
    codes: [40001],
    words: /does not grant you/i,
    class: 'permission',
    happened: 'the person who signed in did not grant this permission',
    advice: 'Sign in at TikTok again with every permission box ticked.',
  },
  {
    codes: [40002],
    words: /not editable/i,
    class: 'not_editable',
    happened: 'the audience is being processed, or is empty, and cannot be changed now',
    advice: 'Nothing has to be done: the change is made when TikTok has finished.',
  },
];

/** The meaning of an answer that has a code. HTTP status counts only for a code that nobody has described. */
export function meaningOfCode(code: number, message: string, httpStatus: number): FailureMeaning {
  const textMeaning = TEXT_MEANINGS.find(({ codes, words }) => codes.includes(code) && words.test(message));
  const known = textMeaning ?? RETURN_CODES.get(code);
  if (known !== undefined) return known;
  return {
    class: code >= 50_000 && code < 60_000 ? 'transient' : classOfUnknownCode(httpStatus),
    happened: 'this code is not described anywhere',
    advice: 'Please report it with the request id.',
  };
}

function classOfUnknownCode(httpStatus: number): TikTokErrorClass {
  return httpStatus < 400 ? 'invalid' : meaningOfStatus(httpStatus).class;
}

/**
 * The meaning of an answer that is no envelope: a page of HTML from a gateway, or nothing. With a status of success it
 * counts as transient, as TikTok's edge answers so under load.
 */
export function meaningOfStatus(httpStatus: number): FailureMeaning {
  if (httpStatus === 404 || httpStatus === 405) {
    return {
      class: 'invalid',
      happened: 'there is no such call at this address',
      advice: 'The operator has to check TIKTOK_API_URL.',
    };
  }
  if (httpStatus === 401) {
    return {
      class: 'reauthorize',
      happened: 'TikTok does not accept the token',
      advice: 'Sign in at TikTok again.',
    };
  }
  if (httpStatus === 403) {
    return {
      class: 'permission',
      happened: 'TikTok forbids the call',
      advice:
        'Sign in at TikTok again with every permission box ticked; check that this server may reach TikTok.',
    };
  }
  if (httpStatus === 429) {
    return {
      class: 'rate_limit',
      happened: 'too many requests reached TikTok',
      advice: 'Nothing has to be done.',
    };
  }
  if (httpStatus < 300 || httpStatus === 408 || httpStatus >= 500) {
    return {
      class: 'transient',
      happened: 'something between here and TikTok answered instead of it',
      advice: 'Nothing has to be done: the call is repeated by itself.',
    };
  }
  return {
    class: 'invalid',
    happened: 'the answer is not one of TikTok',
    advice: 'The operator has to check TIKTOK_API_URL.',
  };
}
