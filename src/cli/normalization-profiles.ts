import type { ActivationRequest } from '../api/schemas/activation-request.js';

export type NormalizationProfile = NonNullable<ActivationRequest['normalization']>;

/** Those that the API knows; the record keeps the compiler watching that none is missing. */
const PROFILES: Readonly<Record<NormalizationProfile, true>> = {
  'brief-2024': true,
  'tiktok-2024-02': true,
  'tiktok-2025-06': true,
  'tiktok-2025-08': true,
  'tiktok-2025-09': true,
  'madconnect-2025-02': true,
  'madconnect-2025-10': true,
  'madconnect-2026-01': true,
};

export const NORMALIZATION_PROFILES: readonly string[] = Object.keys(PROFILES);
