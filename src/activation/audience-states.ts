/** How an audience stands at TikTok, as derived from what TikTok says of it. */
export const AUDIENCE_STATES = [
  'processing',
  'ready',
  'too_small',
  'failed',
  'expiring',
  'expired',
  'gone',
] as const;

export type AudienceState = (typeof AUDIENCE_STATES)[number];
