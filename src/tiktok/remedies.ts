/** Who can mend what is behind a failure. */
export type Mender =
  /** It passes, or the program does it by itself. */
  | 'nobody'
  /** Whoever may sign in at TikTok for the advertiser. */
  | 'authorizer'
  /** Whoever asked for the activation. */
  | 'requester'
  /** Whoever runs this program and has the developer app. */
  | 'operator'
  | 'tiktok'
  /** Whoever writes this program. */
  | 'maintainers';

/** What has to be done about a failure, in a sentence for a person, and by whom; not whether a run should be started again. */
export interface Remedy {
  readonly advice: string;
  readonly mender: Mender;
}

const remedy = (mender: Mender, advice: string): Remedy => ({ advice, mender });

export const AGAIN = remedy('nobody', 'Nothing has to be done: the call is repeated by itself.');
export const AGAIN_OR_CHECK = remedy(
  'nobody',
  'Nothing has to be done: the call is repeated by itself. If this lasts, the operator has to check TIKTOK_API_URL and whether this server may reach TikTok.',
);
export const WAIT = remedy(
  'nobody',
  'Nothing has to be done: the call is repeated when the limit allows it.',
);
export const UPLOAD_AGAIN = remedy('nobody', 'The file is uploaded again.');
export const LOOK_FIRST = remedy('nobody', 'The outcome is looked up before the call is repeated.');

export const SIGN_IN = remedy(
  'authorizer',
  'Sign in at TikTok again, as a person who may manage this advertiser.',
);
export const SIGN_IN_AFTER_CHANGE = remedy(
  'authorizer',
  'Sign in at TikTok again; if the app was changed on purpose, that is all.',
);
export const GRANT = remedy(
  'authorizer',
  'Sign in at TikTok again with every permission box ticked, as an admin or operator of the advertiser.',
);

export const REQUEST = remedy('requester', 'Correct what TikTok names.');
export const ADVERTISER = remedy(
  'requester',
  'Choose another advertiser or audience: signing in again does not bring a deleted one back.',
);
export const ROOM = remedy('requester', 'Delete an audience that is no longer used in TikTok Ads Manager.');

export const APP = remedy(
  'operator',
  'The operator has to check the TikTok app and its settings at TikTok for Developers.',
);
export const SCOPE = remedy(
  'operator',
  'The operator has to enable Audience Management for the app at TikTok, then sign in again.',
);
export const CREDENTIALS = remedy(
  'operator',
  'The operator has to check TIKTOK_APP_ID and TIKTOK_APP_SECRET.',
);
export const WHERE = remedy('operator', 'The operator has to check TIKTOK_API_URL.');
export const SMALLER_PARTS = remedy('operator', 'Set PART_BYTES lower.');

export const TIKTOK_SUPPORT = remedy('tiktok', 'Ask TikTok support, with the request id.');

export const OURS = remedy(
  'maintainers',
  'This is a fault of this program or a change at TikTok: please report it with the request id.',
);
export const PREPARE_AGAIN = remedy(
  'maintainers',
  'The file has to be prepared again with other settings; report it if it happens twice.',
);
export const NOT_USED = remedy(
  'maintainers',
  'This program does not use what the code belongs to: please report it with the request id.',
);
