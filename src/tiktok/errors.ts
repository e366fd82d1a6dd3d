import type { LimitWait } from './call-gate.js';
import type { Mender } from './remedies.js';

/**
 * What kind of failure a call met, and so what can be done about it. The table from TikTok's codes to these classes is
 * `return-codes.ts`.
 *
 * - `reauthorize`: the authorization is dead; a person must sign in at TikTok again
 * - `permission`: the authorization lives, but lacks a scope or a role
 * - `rate_limit`: too many calls; again later
 * - `transient`: TikTok or the network failed; again soon. The outcome of a change is unknown
 * - `not_editable`: the audience is being processed; again when it is done
 * - `file`: an uploaded file is unknown, expired or unusable
 * - `invalid`: TikTok will refuse the same request for ever
 */
export type TikTokErrorClass =
  | 'reauthorize'
  | 'permission'
  | 'rate_limit'
  | 'transient'
  | 'not_editable'
  | 'file'
  | 'invalid';

/**
 * Whether and when a failed call is worth repeating as it is.
 *
 * - `never`: the answer would be the same
 * - `patiently`: soon, then ever less often, for as long as it takes
 * - `slowly`: the same at longer distances
 * - `few_times`: soon, but not for ever
 * - `once`: one more time
 * - `after_pause`: when the limit allows it
 * - `when_editable`: when the audience is processed
 * - `after_upload`: after the file was uploaded again, under its new path
 */
export type Retry =
  | 'never'
  | 'patiently'
  | 'slowly'
  | 'few_times'
  | 'once'
  | 'after_pause'
  | 'when_editable'
  | 'after_upload';

const RETRY_OF_CLASS: Record<TikTokErrorClass, Retry> = {
  reauthorize: 'never',
  permission: 'never',
  rate_limit: 'after_pause',
  transient: 'patiently',
  not_editable: 'when_editable',
  file: 'never',
  invalid: 'never',
};

export interface TikTokErrorDetails {
  /** TikTok's `code`; null when the answer was no envelope, or there was none. */
  readonly code: number | null;
  /** Null when no answer came. */
  readonly httpStatus: number | null;
  readonly requestId: string | null;
  /** Path below the base address, as `dmp/custom_audience/create/`. */
  readonly endpoint: string;
  /** What has to be done about it and by whom, in a sentence for a person. */
  readonly advice: string;
  /** Default: that of most codes of the class. */
  readonly retry?: Retry;
  /** Who has to do it. */
  readonly mender?: Mender;
  /** Of class `rate_limit`: when the next call may be made. */
  readonly wait?: LimitWait;
}

/** A call of TikTok's API that did not succeed. The message never holds a token, a secret or a value of a row. */
export class TikTokError extends Error {
  override readonly name = 'TikTokError';
  readonly class: TikTokErrorClass;
  readonly details: TikTokErrorDetails;

  constructor(
    errorClass: TikTokErrorClass,
    message: string,
    details: TikTokErrorDetails,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.class = errorClass;
    this.details = details;
  }

  get retry(): Retry {
    return this.details.retry ?? RETRY_OF_CLASS[this.class];
  }

  withWait(wait: LimitWait): TikTokError {
    return new TikTokError(this.class, this.message, { ...this.details, wait }, { cause: this.cause });
  }
}
