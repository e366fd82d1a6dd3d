import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { normaliseMaid } from '../../../src/customer-file/identifiers/maid.js';

const CANONICAL = '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25';

describe('mobile advertising ids', () => {
  it('are hashed as TikTok publishes it: lower case, with dashes', () => {
    const outcome = normaliseMaid(CANONICAL.toUpperCase());
    expect(outcome).toEqual({ kind: 'plain', canonical: CANONICAL });
    expect(createHash('sha256').update(CANONICAL).digest('hex')).toBe(
      '83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd',
    );
  });

  it.each([
    CANONICAL,
    '5F3A2B189C4D4E7FB8E217D3A1E69B25',
    '{5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25}',
    '"5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25"',
    '5f3a2b18 9c4d 4e7f b8e2 17d3a1e69b25',
    'urn:uuid:5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25',
    'idfa:5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25',
  ])('are read from the spelling %s', (text) => {
    expect(normaliseMaid(text)).toEqual({ kind: 'plain', canonical: CANONICAL });
  });

  it.each([
    ['00000000-0000-0000-0000-000000000000', 'all_zero_maid'],
    ['00000000000000000000000000000000', 'all_zero_maid'],
    ['5f3a2b18-9c4d-4e7f-b8e2', 'invalid_maid'],
    ['g23a2b18-9c4d-4e7f-b8e2-17d3a1e69b25', 'invalid_maid'],
    [`${CANONICAL},aece52e7-03ee-455a-b3c4-e57283966239`, 'several_values'],
  ])('refuses %s as %s', (text, reason) => {
    expect(normaliseMaid(text)).toEqual({ kind: 'rejected', reason });
  });
});
