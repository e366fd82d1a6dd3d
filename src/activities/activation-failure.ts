/** Why an activation can never succeed as it is; the closed set of what the product itself finds. */
export const ACTIVATION_FAILURES = {
  upload_gone: 'The uploaded file is no longer stored. Upload it again and start a new activation.',
  audience_not_found: 'Choose an audience that exists in this advertiser account.',
  audience_not_a_customer_file:
    'Choose an audience that was made from a customer file; TikTok changes no other kind.',
  audience_not_owned:
    'Ask the account that made the audience to change it, or create an audience of your own.',
  audience_size_changed: 'Look at the audience again and confirm its present size.',
  audience_expired: 'Create a new audience: TikTok lets an expired one only be deleted.',
  audience_not_editable:
    'Look at the audience in TikTok Ads Manager. One that ended empty cannot be changed: create a new one.',
  publication_rejected:
    'Look at the audience in TikTok Ads Manager, then start the activation again if needed.',
  audience_limit_reached: 'Delete an audience that is no longer used in TikTok Ads Manager, then retry.',
  ledger_unbalanced:
    'Do not use what was uploaded; report the activation id, so that the cause can be found.',
  rejected_row_limit: 'Correct the file or the column mapping, or raise the limit for this activation.',
  nothing_to_send: 'Check the column mapping and the consent filter: no row had a usable identifier.',
  file_refused: 'Start the activation again; if TikTok refuses once more, report the request id.',
  tiktok_refused: 'Change what TikTok complains about and start the activation again.',
} as const;

export type ActivationFailureCode = keyof typeof ACTIVATION_FAILURES;

/** Thrown by an activity when the run must end. The message says what is wrong and where, and never a value. */
export class ActivationFailure extends Error {
  override readonly name = 'ActivationFailure';
  readonly code: ActivationFailureCode;

  constructor(code: ActivationFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
