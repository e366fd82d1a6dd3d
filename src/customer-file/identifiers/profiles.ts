export const NORMALIZATION_PROFILES = ['brief-2024', 'tiktok-2025-09'] as const;

/** A named, dated set of rules that decides which text is hashed for a value. */
export type NormalizationProfile = (typeof NORMALIZATION_PROFILES)[number];

export const DEFAULT_NORMALIZATION: NormalizationProfile = 'brief-2024';
