/** TikTok no longer knows an advertiser. No sign-in brings it back: whoever wanted something of it has to choose another. */
export class AdvertiserGoneError extends Error {
  override readonly name = 'AdvertiserGoneError';
  readonly code = 'advertiser_gone';

  constructor(advertiserId: string, options?: ErrorOptions) {
    super(
      `TikTok no longer knows the ad account ${advertiserId}: it was deleted or closed. Signing in again does not bring it back.`,
      options,
    );
  }
}
