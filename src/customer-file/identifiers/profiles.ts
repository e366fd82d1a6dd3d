export const NORMALIZATION_PROFILES = ['brief-2024', 'tiktok-2025-09'] as const;

/** A named, dated set of rules that decides which text is hashed for a value. */
export type NormalizationProfile = (typeof NORMALIZATION_PROFILES)[number];

export const DEFAULT_NORMALIZATION: NormalizationProfile = 'brief-2024';

/** What is done to an e-mail address beside lower case. Phones (E.164 with `+`) and MAIDs are alike in all profiles. */
export interface EmailRules {
  /** White space inside the address is taken out instead of making it invalid. */
  readonly removeWhitespace: boolean;
  /** `+` and what follows it goes from the part before the `@`. */
  readonly cutSuffix: boolean;
  /** Dots go from the part before the `@`, for every domain. */
  readonly removeDots: boolean;
}

/**
 * `brief-2024`: TikTok's rule until 2025 (portal note 1739566528222210) and MadConnect's of December 2024.
 * `tiktok-2025-09`: TikTok's help page of September 2025, "remove spaces, lower case", neither suffix nor dot rule.
 */
export const EMAIL_RULES: Readonly<Record<NormalizationProfile, EmailRules>> = {
  'brief-2024': { removeWhitespace: false, cutSuffix: true, removeDots: true },
  'tiktok-2025-09': { removeWhitespace: true, cutSuffix: false, removeDots: false },
};
