export const NORMALIZATION_PROFILES = [
  'brief-2024',
  'tiktok-2024-02',
  'tiktok-2025-06',
  'tiktok-2025-08',
  'tiktok-2025-09',
  'madconnect-2025-02',
  'madconnect-2025-10',
  'madconnect-2026-01',
] as const;

/** A named, dated set of rules that decides which text is hashed for a value. */
export type NormalizationProfile = (typeof NORMALIZATION_PROFILES)[number];

export const DEFAULT_NORMALIZATION: NormalizationProfile = 'brief-2024';

/**
 * What is done to an e-mail address beside lower case. In all profiles full-width letters become usual ones and a
 * domain in another script its ASCII form (`xn--…`), since these are spellings of one and the same address.
 */
export interface EmailRules {
  /** White space inside the address is taken out instead of making it invalid. */
  readonly removeWhitespace: boolean;
  /** `+` and what follows it goes from the part before the `@`. */
  readonly cutSuffix: boolean;
  /** Dots go from the part before the `@`, for every domain. */
  readonly removeDots: boolean;
  /** An address that begins with another character is invalid. */
  readonly beginsWithLetterOrDigit: boolean;
}

/** MAIDs are alike in all profiles: lower case, with dashes. */
export interface ProfileRules {
  readonly email: EmailRules;
  /** E.164 with its `+`, or its digits alone. */
  readonly phone: 'with_plus' | 'digits';
}

const AS_WRITTEN: EmailRules = {
  removeWhitespace: false,
  cutSuffix: false,
  removeDots: false,
  beginsWithLetterOrDigit: false,
};

export const PROFILE_RULES: Readonly<Record<NormalizationProfile, ProfileRules>> = {
  'brief-2024': { email: { ...AS_WRITTEN, cutSuffix: true, removeDots: true }, phone: 'with_plus' },
  'tiktok-2024-02': {
    email: { ...AS_WRITTEN, cutSuffix: true, removeDots: true, beginsWithLetterOrDigit: true },
    phone: 'with_plus',
  },
  'tiktok-2025-06': {
    email: { ...AS_WRITTEN, cutSuffix: true, beginsWithLetterOrDigit: true },
    phone: 'with_plus',
  },
  'tiktok-2025-08': {
    email: { ...AS_WRITTEN, cutSuffix: true, beginsWithLetterOrDigit: true },
    phone: 'digits',
  },
  'tiktok-2025-09': { email: { ...AS_WRITTEN, removeWhitespace: true }, phone: 'with_plus' },
  'madconnect-2025-02': {
    email: { ...AS_WRITTEN, removeWhitespace: true, cutSuffix: true, removeDots: true },
    phone: 'digits',
  },
  'madconnect-2025-10': { email: { ...AS_WRITTEN, cutSuffix: true, removeDots: true }, phone: 'digits' },
  'madconnect-2026-01': { email: AS_WRITTEN, phone: 'with_plus' },
};
