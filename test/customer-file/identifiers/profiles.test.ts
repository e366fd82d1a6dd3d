import { describe, expect, it } from 'vitest';
import { describeProfiles } from '../../../src/customer-file/identifiers/describe-profiles.js';
import type { Identifier } from '../../../src/customer-file/identifiers/identifier.js';
import {
  NORMALIZATION_PROFILES,
  type NormalizationProfile,
} from '../../../src/customer-file/identifiers/profiles.js';
import { readCell } from '../../../src/customer-file/identifiers/read-cell.js';
import { sha256 } from '../brief-oracle.js';

function hashOf(
  cell: string,
  identifier: Identifier,
  profile: NormalizationProfile,
  country?: string,
): string {
  const column = { index: 0, identifier, ...(country === undefined ? {} : { defaultCountry: country }) };
  const outcome = readCell(cell, column, 'sha256', profile);
  return outcome.kind === 'plain' ? sha256(outcome.canonical) : outcome.kind;
}

const ADDRESS = 'local-part.123+suffix@domain.com';
const WITHOUT_SUFFIX_AND_DOTS = '8d771c407c5ac0a6d864156f7f3018b8f3b6f5ce3a6ab66ed8da18a6903f8978';
const WITHOUT_SUFFIX = 'f8d99c2440b2145fcdf1c5b8ed180f732156ed8335062557db31c3f2860eda24';
const AS_WRITTEN = 'd4fbd45fef165cec3d84c7cd401d341b732d9a2f3292792bff930c0c4156ffae';
const WITH_PLUS = 'a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb';
const DIGITS = '8d7bdaaf75196f351d22942fc0dd79304ffabc3eaf3339460ef9da0773e3aec2';

describe('each dated profile', () => {
  it.each<[NormalizationProfile, string, string]>([
    ['brief-2024', WITHOUT_SUFFIX_AND_DOTS, WITH_PLUS],
    ['tiktok-2024-02', WITHOUT_SUFFIX_AND_DOTS, WITH_PLUS],
    ['tiktok-2025-06', WITHOUT_SUFFIX, WITH_PLUS],
    ['tiktok-2025-08', WITHOUT_SUFFIX, DIGITS],
    ['tiktok-2025-09', AS_WRITTEN, WITH_PLUS],
    ['madconnect-2025-02', WITHOUT_SUFFIX_AND_DOTS, DIGITS],
    ['madconnect-2025-10', WITHOUT_SUFFIX_AND_DOTS, DIGITS],
    ['madconnect-2026-01', AS_WRITTEN, WITH_PLUS],
  ])('%s hashes the published examples as it was published', (profile, email, phone) => {
    expect(hashOf(ADDRESS, 'email', profile)).toBe(email);
    expect(hashOf(` ${ADDRESS.toUpperCase()} `, 'email', profile)).toBe(email);
    expect(hashOf('(657)777-0000', 'phone', profile, 'US')).toBe(phone);
    expect(hashOf('+1 657-777-0000', 'phone', profile)).toBe(phone);
    expect(hashOf('5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25', 'maid', profile)).toBe(
      '83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd',
    );
    expect(hashOf('aece52e7-03ee-455a-b3c4-e57283966239', 'maid', profile)).toBe(
      'e6a11334660bb4c2d68090399aaf9d80b433a569b993c5e32e6cad9bcf550e11',
    );
    expect(hashOf('janedoe@gmail.com', 'email', profile)).toBe(
      'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69',
    );
  });

  it('of August 2025 hashes 374-93-828222 without plus, those with plus otherwise', () => {
    expect(hashOf('374-93-828222', 'phone', 'tiktok-2025-08')).toBe(
      '65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4',
    );
    expect(hashOf('+37493828222', 'phone', 'tiktok-2025-09')).toBe(
      '241371e614f8650dfae0f111361c69de1bb4829a72b71bb8044daae8b2e7791d',
    );
  });

  it('that asks for a letter or digit at the beginning refuses other addresses', () => {
    const refusing = NORMALIZATION_PROFILES.filter(
      (profile) => hashOf('_anna@example.com', 'email', profile) === 'rejected',
    );
    expect(refusing).toEqual(['tiktok-2024-02', 'tiktok-2025-06', 'tiktok-2025-08']);
  });

  it('that takes spaces out does so, and the others refuse them', () => {
    const taking = NORMALIZATION_PROFILES.filter(
      (profile) => hashOf('anna adler@example.com', 'email', profile) !== 'rejected',
    );
    expect(taking).toEqual(['tiktok-2025-09', 'madconnect-2025-02']);
  });

  it('is described with its source and with examples that are true', () => {
    const described = describeProfiles();
    expect(described.map(({ name }) => name)).toEqual([...NORMALIZATION_PROFILES]);
    expect(described.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['brief-2024']);
    for (const { name, source, examples } of described) {
      expect(source).toMatch(/20\d\d/);
      for (const { identifier, before, after, sha256: hash } of examples) {
        expect(hash ?? 'rejected').toBe(hashOf(before, identifier, name));
        if (after !== null) expect(hash).toBe(sha256(after));
      }
    }
  });
});
