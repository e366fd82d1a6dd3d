import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { normaliseEmail } from '../../../src/customer-file/identifiers/email.js';
import type { NormalizationProfile } from '../../../src/customer-file/identifiers/profiles.js';

function digest(text: string, profile: NormalizationProfile): string {
  const outcome = normaliseEmail(text, profile);
  if (outcome.kind !== 'plain') throw new Error(outcome.reason);
  return createHash('sha256').update(outcome.canonical).digest('hex');
}

describe('e-mail under brief-2024', () => {
  it.each([
    ['local-part.123+suffix@domain.com', '8d771c407c5ac0a6d864156f7f3018b8f3b6f5ce3a6ab66ed8da18a6903f8978'],
    ['Local-Part.123+Suffix@Domain.com', '8d771c407c5ac0a6d864156f7f3018b8f3b6f5ce3a6ab66ed8da18a6903f8978'],
    ['janedoe@gmail.com', 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69'],
    ['firstname-lastname@gmail.com', 'a804429cec3b5d3884b9dffe96a584205842c6f42863c51a049027f803945e34'],
  ])('hashes %s as published', (text, expected) => {
    expect(digest(text, 'brief-2024')).toBe(expected);
  });

  it.each([
    ['Anna.Adler+x+y@Mail.Example.com', 'annaadler@mail.example.com'],
    ['a.b.c@sub.example.com', 'abc@sub.example.com'],
    ["o'neil@example.com", "o'neil@example.com"],
    ['ÄNNE@EXAMPLE.COM', 'änne@example.com'],
    ['ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'anna@example.com'],
    ['ＡＮＮＡ@example.com', 'anna@example.com'],
    ['anna@KÖLN.example', 'anna@xn--kln-sna.example'],
    ['anna@ko\u0308ln.example', 'anna@xn--kln-sna.example'],
    ['anna@xn--kln-sna.example', 'anna@xn--kln-sna.example'],
    ['anna@例え。example', 'anna@xn--r8jz45g.example'],
    ['anna@１２７．example', 'anna@127.example'],
    ['mailto:Anna@example.com', 'anna@example.com'],
    ['mailto:anna@example.com?subject=Hello%20you', 'anna@example.com'],
    ['Anna Adler <Anna.Adler@example.com>', 'annaadler@example.com'],
    ['"Adler, Anna" <anna@example.com>', 'anna@example.com'],
    ['<anna@example.com>', 'anna@example.com'],
    ['<mailto:anna@example.com>', 'anna@example.com'],
    ['"anna@example.com" <anna@example.com>', 'anna@example.com'],
    ['anna@example.com;', 'anna@example.com'],
    ['anna@example.com, ', 'anna@example.com'],
    ['a?b/c|d@example.com', 'a?b/c|d@example.com'],
  ])('spells %s as %s', (text, canonical) => {
    expect(normaliseEmail(text, 'brief-2024')).toEqual({ kind: 'plain', canonical });
  });

  it.each([
    ['not an address', 'no_at_sign'],
    ['anna.example.com', 'no_at_sign'],
    ['@example.com', 'invalid_email'],
    ['anna@', 'invalid_email'],
    ['+tag@example.com', 'invalid_email'],
    ['...@example.com', 'invalid_email'],
    ['an na@example.com', 'invalid_email'],
    ['anna@@example.com', 'invalid_email'],
    ['anna\ufffd@example.com', 'invalid_email'],
    ['anna@example.com; ben@example.com', 'several_values'],
    ['anna@example.com,ben@example.com', 'several_values'],
    ['anna@example.com\nben@example.com', 'several_values'],
    ['anna@example.com / ben@example.com', 'several_values'],
    ['Anna <anna@example.com>, Ben <ben@example.com>', 'several_values'],
    ['anna@example.com <ben@example.com>', 'several_values'],
    ['Anna <not an address>', 'no_at_sign'],
    ['Anna <anna@>', 'invalid_email'],
    ['anna@example,com', 'invalid_email'],
    ['anna@example.com>', 'invalid_email'],
    ['(anna)@example.com', 'invalid_email'],
    ['anna@exa\u00admple .com', 'invalid_email'],
    ['anna@ä%', 'invalid_email'],
  ])('refuses %j as %s', (text, reason) => {
    expect(normaliseEmail(text, 'brief-2024')).toEqual({ kind: 'rejected', reason });
  });
});

describe('e-mail under tiktok-2025-09', () => {
  it('keeps suffix and dots and takes white space out', () => {
    expect(digest('Local-part.123+suffix@domain.com', 'tiktok-2025-09')).toBe(
      'd4fbd45fef165cec3d84c7cd401d341b732d9a2f3292792bff930c0c4156ffae',
    );
    expect(normaliseEmail('anna . adler@ example.com', 'tiktok-2025-09')).toEqual({
      kind: 'plain',
      canonical: 'anna.adler@example.com',
    });
  });
});
