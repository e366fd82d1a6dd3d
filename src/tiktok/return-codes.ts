import type { Retry, TikTokErrorClass } from './errors.js';
import {
  ADVERTISER,
  AGAIN,
  APP,
  CREDENTIALS,
  GRANT,
  LOOK_FIRST,
  NOT_USED,
  OURS,
  PREPARE_AGAIN,
  REQUEST,
  type Remedy,
  ROOM,
  SCOPE,
  SIGN_IN,
  SIGN_IN_AFTER_CHANGE,
  SMALLER_PARTS,
  TIKTOK_SUPPORT,
  UPLOAD_AGAIN,
  WAIT,
  WHERE,
} from './remedies.js';

/** What one of TikTok's codes says. */
export interface ReturnCode extends Remedy {
  readonly code: number;
  /** The words of TikTok's message that this meaning needs; null for the meaning that the code has without them. */
  readonly words: RegExp | null;
  readonly class: TikTokErrorClass;
  /** What happened, to follow a colon. */
  readonly happened: string;
  readonly retry: Retry;
}

type Row = readonly [
  code: number,
  happened: string,
  remedy: Remedy,
  /** Where the row differs from its class, or needs words of TikTok's, as public recordings of live answers have them. */
  special?: { readonly retry?: Retry; readonly words?: RegExp },
];

const INCONSISTENT = /inconsistent with the token/i;
const OTHER_APP = 'the access token belongs to another app than the one configured';

const REAUTHORIZE: readonly Row[] = [
  [40000, OTHER_APP, SIGN_IN_AFTER_CHANGE, { words: INCONSISTENT }],
  [40113, OTHER_APP, SIGN_IN_AFTER_CHANGE, { words: INCONSISTENT }],
  [40102, 'the access token has expired', SIGN_IN],
  [40103, 'the refresh token has expired', SIGN_IN],
  [40104, 'the call carried no access token', SIGN_IN],
  [40105, 'the access token is not valid or was revoked', SIGN_IN],
  [40106, 'the user who signed in no longer has this advertiser', SIGN_IN],
  [40107, 'the refresh token is not valid', SIGN_IN],
  [40114, 'the advertiser was logged out', SIGN_IN],
  [40119, 'the developer and the advertiser are not of one company', SIGN_IN],
  [40309, 'TikTok asks for a login', SIGN_IN],
];

const PERMISSION: readonly Row[] = [
  [40001, 'the authorization lacks a permission', GRANT],
  [
    40001,
    "the token has no scope for this call, as it is not among the app's permissions or was not granted",
    SCOPE,
    { words: /lacks the required scope/i },
  ],
  [40001, 'the person who signed in did not grant this permission', GRANT, { words: /does not grant you/i }],
  [40003, 'TikTok forbids the call', GRANT],
  [40117, 'the app may not call this method', APP],
  [40118, 'the app or the advertiser is not on the list of those allowed', TIKTOK_SUPPORT],
  [40125, 'the developer lacks the permission', APP],
  [40301, 'the role of the user does not allow the call', GRANT],
];

const RATE_LIMIT: readonly Row[] = [
  [40016, 'the app sends requests too often', WAIT],
  [40100, 'the app has reached its limit of calls', WAIT],
  [40132, 'one value was used in too many calls', WAIT],
  [40133, 'the advertiser has reached its limit of calls', WAIT],
  [61000, 'too many requests reached TikTok', WAIT],
];

const FILE: readonly Row[] = [
  [40900, 'the MD5 that was sent is not that of the file that arrived', UPLOAD_AGAIN, { retry: 'once' }],
  [40905, 'TikTok does not know the uploaded file', UPLOAD_AGAIN, { retry: 'after_upload' }],
  [40906, 'the file is empty', PREPARE_AGAIN],
  [40907, 'the file is too large', SMALLER_PARTS],
  [40908, 'TikTok does not take files of this type', PREPARE_AGAIN],
  [40909, 'TikTok does not take this kind of identifier', PREPARE_AGAIN],
  [40910, 'the uploaded file has expired', UPLOAD_AGAIN, { retry: 'after_upload' }],
  [40915, 'the file is not as TikTok wants it', PREPARE_AGAIN],
];

const INVALID: readonly Row[] = [
  [40000, 'a parameter is wrong', REQUEST],
  [40002, 'a parameter is wrong', REQUEST],
  [40002, 'a field is missing in the request', OURS, { words: /missing required field/i }],
  // TikTok's words at its limit of 400 are not known; these are likely ones.
  [
    40002,
    'the advertiser has as many audiences as TikTok allows',
    ROOM,
    { words: /(?:reach|exceed)\w* .*\b(?:limit|maximum)\b.*audiences?/i },
  ],
  [
    40001,
    'the advertiser or the audience was deleted, or cannot be reached any more',
    ADVERTISER,
    { words: /doesn.t exist|does not exist|has been deleted/i },
  ],
  [40006, 'the route or its parameters do not fit this version of the API', OURS],
  [40007, 'the object does not exist', REQUEST],
  [40008, 'the route does not exist here', WHERE],
  [40009, "TikTok's sandbox does not support the call", WHERE],
  [40010, 'TikTok does not support the domain', OURS],
  [40011, 'too many ids in one call', OURS],
  [40012, 'there was nothing to update', REQUEST],
  [40013, "the account is not one of TikTok's sandbox", WHERE],
  [40014, "TikTok's sandbox does not have the function", WHERE],
  [40051, 'the version of the API is not valid', WHERE],
  [40061, 'the size of the batch is not valid', OURS],
  [40062, 'TikTok takes the values for unhashed', PREPARE_AGAIN],
  [40063, 'the name of the partner is not valid', OURS],
  [40065, "TikTok's policy on age targeting forbids it", REQUEST],
  [40101, 'app id, app secret and authorization code do not belong together', CREDENTIALS],
  [40108, 'the grant type is not valid', OURS],
  [40109, 'TikTok could not decipher the request', CREDENTIALS],
  [40110, 'the authorization code is wrong, used or older than an hour', SIGN_IN],
  [40112, 'the password is wrong', CREDENTIALS],
  [40113, 'TikTok does not know the app, or has blocked it', CREDENTIALS],
  [40115, 'the code was made for another route, or its time is over', SIGN_IN],
  [40116, 'the signature of the authorization is wrong', CREDENTIALS],
  [40120, 'an authorization of the Creator Marketplace is missing', NOT_USED],
  [40121, 'an authorization of the Creator Marketplace is not valid', NOT_USED],
  [40122, 'the Creator Marketplace does not allow the call', NOT_USED],
  [40124, "the developer's profile is not approved", APP],
  [40126, 'a scope of a TikTok account is missing', NOT_USED],
  [40127, 'a scope of a TikTok account is not valid', NOT_USED],
  [40128, 'a TikTok account does not allow the call', NOT_USED],
  [40129, 'a brand safety partner is not authorized', NOT_USED],
  [40130, 'a brand safety authorization is not valid', NOT_USED],
  [40131, 'a brand safety partner may not make the call', NOT_USED],
  [40200, 'a task at TikTok failed', REQUEST, { retry: 'once' }],
  [40300, 'the advertiser does not exist', ADVERTISER],
  [40302, 'the customer of the advertiser does not exist', ADVERTISER],
  [40400, 'the route does not exist', WHERE],
  [40502, 'a limit on the number of ads is reached', REQUEST],
  [40700, 'a check inside TikTok refused the request', REQUEST, { retry: 'once' }],
  [40901, 'a video is being transcoded', NOT_USED],
  [40902, 'TikTok could not fetch an address', NOT_USED],
  [40903, 'TikTok could not fetch an image', NOT_USED],
  [40911, 'the name of the material is taken', NOT_USED],
  [40912, 'the image is not available', NOT_USED],
  [40913, 'TikTok could not read the address of a file', NOT_USED],
  [40914, 'TikTok could not load a file from its address', NOT_USED],
  [40916, 'the video is not allowed', NOT_USED],
  [
    41000,
    'TikTok refuses calls from the country of this server',
    {
      advice: 'The operator has to call from another country.',
      mender: 'operator',
    },
  ],
  [41001, 'TikTok has switched the route off', OURS],
  [41002, 'TikTok has retired a field', OURS],
  [70001, 'the type of the business authorization is not valid', NOT_USED],
];

const INTERNAL = 'a service inside TikTok failed';
const STORAGE = "TikTok's own storage failed";

const TRANSIENT: readonly Row[] = [
  // For a `create` it can mean that the first of two equal requests had its effect: look before repeating.
  [40050, 'TikTok has just had the same request', LOOK_FIRST, { retry: 'few_times' }],
  [40201, 'a task at TikTok is not ready yet', AGAIN],
  [40202, 'something else is writing to the same object', AGAIN],
  [50000, 'TikTok had a system error', AGAIN],
  [50001, 'the service is not available', AGAIN],
  [50002, 'TikTok made an error', AGAIN],
  ...from(51000, 51067).map((code): Row => [code, INTERNAL, AGAIN]),
  [51099, INTERNAL, AGAIN],
  [51305, INTERNAL, AGAIN],
  ...[...from(52000, 52003), ...from(52100, 52103), ...from(52201, 52204)].map(
    (code): Row => [code, STORAGE, AGAIN],
  ),
  [53102, 'TikTok could not write down a value', AGAIN, { retry: 'few_times' }],
  [53103, 'TikTok could not read a value', AGAIN, { retry: 'few_times' }],
  [60001, 'TikTok is under maintenance', AGAIN, { retry: 'slowly' }],
];

const NOT_EDITABLE: readonly Row[] = [
  [
    40002,
    'the audience is being processed, or is empty, and cannot be changed now',
    { advice: 'Nothing has to be done: the change is made when TikTok has finished.', mender: 'nobody' },
    { words: /not editable/i },
  ],
];

/**
 * All failure codes that TikTok's SDK and its page of return codes name, with what can be done about each. Codes that
 * TikTok uses for unrelated failures have several rows, which only its words tell apart. 0 is success, 20001 success in
 * part: neither is an error.
 */
export const RETURN_CODES: readonly ReturnCode[] = [
  ...rowsOf('reauthorize', 'never', REAUTHORIZE),
  ...rowsOf('permission', 'never', PERMISSION),
  ...rowsOf('rate_limit', 'after_pause', RATE_LIMIT),
  ...rowsOf('not_editable', 'when_editable', NOT_EDITABLE),
  ...rowsOf('file', 'never', FILE),
  ...rowsOf('invalid', 'never', INVALID),
  ...rowsOf('transient', 'patiently', TRANSIENT),
];

function rowsOf(errorClass: TikTokErrorClass, retry: Retry, rows: readonly Row[]): ReturnCode[] {
  return rows.map(([code, happened, remedy, special]) => ({
    code,
    words: special?.words ?? null,
    class: errorClass,
    happened,
    ...remedy,
    retry: special?.retry ?? retry,
  }));
}

function from(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
