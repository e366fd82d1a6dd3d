import { hash } from 'node:crypto';
import type { Identifier } from './identifier.js';
import { DEFAULT_NORMALIZATION, NORMALIZATION_PROFILES, type NormalizationProfile } from './profiles.js';
import { readCell } from './read-cell.js';

export interface ProfileExample {
  readonly identifier: Identifier;
  readonly before: string;
  /** What is hashed; null where the profile refuses the value. */
  readonly after: string | null;
  readonly sha256: string | null;
}

export interface ProfileDescription {
  readonly name: NormalizationProfile;
  readonly isDefault: boolean;
  /** What the profile does, in one or two sentences. */
  readonly summary: string;
  /** Where the rules were published, and when. */
  readonly source: string;
  readonly examples: readonly ProfileExample[];
}

const TEXTS: Readonly<Record<NormalizationProfile, { readonly summary: string; readonly source: string }>> = {
  'brief-2024': {
    summary:
      'E-mail: lower case, without +suffix and without the dots before the @. Phone: E.164 with +. MAID: lower case.',
    source: "TikTok's portal note 1739566528222210 (2022 to 2025) and MadConnect's page of December 2024",
  },
  'tiktok-2024-02': {
    summary:
      'As brief-2024, and an e-mail address must begin with a letter or a digit. Phone: E.164 with +. MAID: lower case.',
    source: "TikTok's help page on customer files, February 2024",
  },
  'tiktok-2025-06': {
    summary:
      'E-mail: lower case, without +suffix, beginning with a letter or a digit; dots stay. Phone: E.164 with +. MAID: lower case.',
    source: "TikTok's list of supported ids and formats, June 2025",
  },
  'tiktok-2025-08': {
    summary:
      'E-mail: lower case, without +suffix, beginning with a letter or a digit; dots stay. Phone: digits only, with country code. MAID: lower case.',
    source: "TikTok's list of supported ids and formats, August 2025",
  },
  'tiktok-2025-09': {
    summary: 'E-mail: lower case, without spaces. Phone: E.164 with +. MAID: lower case.',
    source: "TikTok's help page on creating a customer file audience, September 2025",
  },
  'madconnect-2025-02': {
    summary:
      'E-mail: lower case, without white space, without +suffix and without the dots before the @. Phone: digits only, with country code. MAID: lower case.',
    source: "MadConnect's page on TikTok customer file audiences, February 2025",
  },
  'madconnect-2025-10': {
    summary:
      'E-mail: lower case, without +suffix and without the dots before the @. Phone: digits only, with country code. MAID: lower case.',
    source: "MadConnect's page on TikTok customer file audiences, October 2025",
  },
  'madconnect-2026-01': {
    summary: 'E-mail: lower case. Phone: E.164 with +. MAID: lower case.',
    source: "MadConnect's page on TikTok customer file audiences, January 2026",
  },
};

const EXAMPLES: readonly { readonly identifier: Identifier; readonly before: string }[] = [
  { identifier: 'email', before: 'Anna.Adler+News@Example.com' },
  { identifier: 'email', before: '_anna@example.com' },
  { identifier: 'phone', before: '+1 (201) 555-0100' },
  { identifier: 'maid', before: '0000002A-5A4D-4B1E-9C3F-00000000002A' },
];

/** All profiles, the default first, each with the same values before and after. */
export function describeProfiles(): ProfileDescription[] {
  return NORMALIZATION_PROFILES.map((name) => ({
    name,
    isDefault: name === DEFAULT_NORMALIZATION,
    ...TEXTS[name],
    examples: EXAMPLES.map(({ identifier, before }) => {
      const outcome = readCell(before, { index: 0, identifier }, 'sha256', name);
      const after = outcome.kind === 'plain' ? outcome.canonical : null;
      return { identifier, before, after, sha256: after === null ? null : hash('sha256', after, 'hex') };
    }),
  }));
}
