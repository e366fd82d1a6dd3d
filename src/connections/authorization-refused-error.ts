export type AuthorizationRefusal =
  | 'state_missing'
  | 'state_unknown'
  | 'state_used'
  | 'state_expired'
  | 'not_allowed'
  | 'code_refused'
  | 'app_refused'
  | 'tiktok_refused'
  | 'tiktok_unavailable'
  | 'missing_permission'
  | 'no_advertiser'
  | 'other_advertiser';

/** A sign-in that did not lead to a usable authorization. Title and detail are for the person who signed in. */
export class AuthorizationRefusedError extends Error {
  override readonly name = 'AuthorizationRefusedError';
  readonly code: AuthorizationRefusal;
  readonly title: string;
  /** Where to begin again; null as long as it is not known, and for an invited person, who begins at the invitation. */
  connectionId: string | null = null;

  constructor(code: AuthorizationRefusal, title: string, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
    this.title = title;
  }
}
