import type { TikTokErrorClass } from './errors.js';

/** What one of TikTok's codes says. */
export interface ReturnCode {
  readonly code: number;
  /** For 40000, 40001, 40002 and 40113 the class without a look at TikTok's words: see `classify.ts`. */
  readonly class: TikTokErrorClass;
  /** What happened, to follow a colon. */
  readonly happened: string;
  /** What has to be done, and by whom. */
  readonly advice: string;
}

const AGAIN = 'Nothing has to be done: the call is repeated by itself.';
const WAIT = 'Nothing has to be done: the call is repeated when the limit allows it.';
const SIGN_IN = 'Sign in at TikTok again, as a person who may manage this advertiser.';
const GRANT =
  'Sign in at TikTok again with every permission box ticked, as an admin or operator of the advertiser.';
const APP = 'The operator has to check the TikTok app and its settings at TikTok for Developers.';
const CREDENTIALS = 'The operator has to check TIKTOK_APP_ID and TIKTOK_APP_SECRET.';
const OURS = 'This is a fault of this program or a change at TikTok: please report it with the request id.';
const REQUEST = 'Correct what TikTok names, then start again.';
const ADVERTISER = 'Check that the advertiser still exists and choose one that the connection may act for.';
const UPLOAD_AGAIN = 'The file is uploaded again.';
const PREPARE_AGAIN = 'The file has to be prepared again with other settings; report it if it happens twice.';
const NOT_USED = 'This program does not use what the code belongs to: please report it with the request id.';
const TIKTOK_SUPPORT = 'Ask TikTok support, with the request id.';

type Row = readonly [code: number, happened: string, advice: string];

const REAUTHORIZE: readonly Row[] = [
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
  [40900, 'the MD5 that was sent is not that of the file that arrived', UPLOAD_AGAIN],
  [40905, 'TikTok does not know the uploaded file', UPLOAD_AGAIN],
  [40906, 'the file is empty', PREPARE_AGAIN],
  [40907, 'the file is too large', 'Set PART_BYTES lower, then start again.'],
  [40908, 'TikTok does not take files of this type', PREPARE_AGAIN],
  [40909, 'TikTok does not take this kind of identifier', PREPARE_AGAIN],
  [40910, 'the uploaded file has expired', UPLOAD_AGAIN],
  [40915, 'the file is not as TikTok wants it', PREPARE_AGAIN],
];

const INVALID: readonly Row[] = [
  [40000, 'a parameter is wrong', REQUEST],
  [40002, 'a parameter is wrong', REQUEST],
  [40006, 'the route or its parameters do not fit this version of the API', OURS],
  [40007, 'the object does not exist', 'Check that the audience was not deleted at TikTok.'],
  [40008, 'the route does not exist here', 'The operator has to check TIKTOK_API_URL.'],
  [40009, "TikTok's sandbox does not support the call", 'The operator has to check TIKTOK_API_URL.'],
  [40010, 'TikTok does not support the domain', OURS],
  [40011, 'too many ids in one call', OURS],
  [40012, 'there was nothing to update', REQUEST],
  [40013, "the account is not one of TikTok's sandbox", 'The operator has to check TIKTOK_API_URL.'],
  [40014, "TikTok's sandbox does not have the function", 'The operator has to check TIKTOK_API_URL.'],
  [40051, 'the version of the API is not valid', 'The operator has to check TIKTOK_API_URL.'],
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
  [40200, 'a task at TikTok failed', REQUEST],
  [40300, 'the advertiser does not exist', ADVERTISER],
  [40302, 'the customer of the advertiser does not exist', ADVERTISER],
  [40400, 'the route does not exist', 'The operator has to check TIKTOK_API_URL.'],
  [40502, 'a limit on the number of ads is reached', REQUEST],
  [40700, 'a check inside TikTok refused the request', REQUEST],
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
    'The operator has to call from another country.',
  ],
  [41001, 'TikTok has switched the route off', OURS],
  [41002, 'TikTok has retired a field', OURS],
  [70001, 'the type of the business authorization is not valid', NOT_USED],
];

const INTERNAL = 'a service inside TikTok failed';
const STORAGE = "TikTok's own storage failed";

const TRANSIENT: readonly Row[] = [
  // For a `create` it can mean that the first of two equal requests had its effect: look before repeating.
  [40050, 'TikTok has just had the same request', 'The outcome is looked up before the call is repeated.'],
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
  [53102, 'TikTok could not write down a value', AGAIN],
  [53103, 'TikTok could not read a value', AGAIN],
  [60001, 'TikTok is under maintenance', AGAIN],
];

/**
 * All failure codes that TikTok's SDK and its page of return codes name. 0 is success, 20001 success in part: neither
 * is an error.
 */
export const RETURN_CODES: ReadonlyMap<number, ReturnCode> = new Map(
  [
    ...rowsOf('reauthorize', REAUTHORIZE),
    ...rowsOf('permission', PERMISSION),
    ...rowsOf('rate_limit', RATE_LIMIT),
    ...rowsOf('file', FILE),
    ...rowsOf('invalid', INVALID),
    ...rowsOf('transient', TRANSIENT),
  ].map((row) => [row.code, row]),
);

function rowsOf(errorClass: TikTokErrorClass, rows: readonly Row[]): ReturnCode[] {
  return rows.map(([code, happened, advice]) => ({ code, class: errorClass, happened, advice }));
}

function from(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
