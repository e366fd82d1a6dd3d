import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Identifier } from '../../../src/customer-file/identifiers/identifier.js';
import { readCell } from '../../../src/customer-file/identifiers/read-cell.js';
import type { DigestAlgorithm } from '../../../src/customer-file/output-layout.js';

const HASH = createHash('sha256').update('annaadler@example.com').digest('hex');
const MD5 = createHash('md5').update('5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25').digest('hex');
const UNDASHED = '5f3a2b189c4d4e7fb8e217d3a1e69b25';

function read(cell: string, identifier: Identifier, digest: DigestAlgorithm = 'sha256') {
  return readCell(cell, { index: 0, identifier }, digest, 'brief-2024');
}

describe('a cell of a mapped column', () => {
  it.each(['', '   ', '\t', '\u200b', "'", '\ufeff'])('is empty when it is %j', (cell) => {
    expect(read(cell, 'email')).toEqual({ kind: 'empty' });
  });

  it.each([
    HASH,
    HASH.toUpperCase(),
    ` ${HASH} `,
    `0x${HASH}`,
    `0X${HASH.toUpperCase()}`,
    `="${HASH}"`,
    `"${HASH}"`,
    `'${HASH}'`,
    `\u201c${HASH}\u201d`,
    `\u200b${HASH}\ufeff`,
    HASH.replace(/(.{8})(?=.)/g, '$1 '),
    HASH.toUpperCase().replace(/(..)(?=.)/g, '$1 '),
  ])('is never hashed again: %s', (cell) => {
    for (const identifier of ['email', 'phone', 'maid'] as const) {
      expect(read(cell, identifier)).toEqual({ kind: 'hashed', digest: HASH });
    }
  });

  it('is no hash when it merely holds one', () => {
    expect(read(`${HASH}0`, 'email')).toEqual({ kind: 'rejected', reason: 'no_at_sign' });
    expect(read(`${HASH}@example.com`, 'email')).toEqual({ kind: 'plain', canonical: `${HASH}@example.com` });
  });

  it.each([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'D41D8CD98F00B204E9800998ECF8427E',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  ])('that is the hash of nothing is refused: %s', (cell) => {
    expect(read(cell, 'email')).toEqual({ kind: 'rejected', reason: 'hash_of_nothing' });
  });

  it.each([
    ['email', `<${'@'.repeat(300_000)}`],
    ['email', `mailto:${'@'.repeat(300_000)}`],
    ['email', `x:${', '.repeat(150_000)}@example.com`],
    ['email', `${'x'.repeat(5_000)}@example.com`],
    ['phone', `+12015550100 ${'x'.repeat(5_000)}`],
    ['maid', `{${'a-'.repeat(150_000)}`],
    ['maid', HASH.split('').join(' '.repeat(100))],
  ] as const)('that is longer than any %s is none, however it is made up', (identifier, cell) => {
    expect(read(cell, identifier)).toEqual({ kind: 'rejected', reason: `invalid_${identifier}` });
  });

  it('may stand in white space of any length', () => {
    expect(read(`${' '.repeat(5_000)}+12015550100${'\n'.repeat(5_000)}`, 'phone')).toMatchObject({
      kind: 'plain',
    });
    expect(read('\u00a0'.repeat(10_000), 'phone')).toEqual({ kind: 'empty' });
  });

  it('with another hash than SHA-256 is refused', () => {
    expect(read(MD5, 'email')).toEqual({ kind: 'rejected', reason: 'unsupported_hash' });
    expect(read(createHash('sha1').update('x').digest('hex'), 'phone')).toEqual({
      kind: 'rejected',
      reason: 'unsupported_hash',
    });
    expect(read(MD5, 'maid')).toEqual({ kind: 'rejected', reason: 'unsupported_hash' });
  });

  it.each(['md5', 'sha1', 'sha224', 'sha384', 'sha512'])(
    'that is a %s hash is refused as one',
    (algorithm) => {
      const hash = createHash(algorithm).update('annaadler@example.com');
      const hex = hash.copy().digest('hex');
      for (const cell of [hex, hex.toUpperCase(), `0x${hex}`, hash.digest('base64')]) {
        if (/^.{38,40}$/.test(cell) && algorithm === 'sha224') continue;
        if (/^.{64}$/.test(cell)) continue;
        expect(read(cell, 'email'), cell).toEqual({ kind: 'rejected', reason: 'unsupported_hash' });
      }
    },
  );

  it('that is a SHA-256 hash in base 64 is refused, since TikTok takes hexadecimal digits', () => {
    const bytes = Buffer.from(HASH, 'hex');
    for (const cell of [bytes.toString('base64'), bytes.toString('base64url')]) {
      expect(read(cell, 'email')).toEqual({ kind: 'rejected', reason: 'unsupported_hash' });
    }
    expect(read('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'email')).toEqual({
      kind: 'rejected',
      reason: 'hash_of_nothing',
    });
  });

  it.each([
    'Marketing_Cloud_Connector_Last_Sync_Date__c',
    'MARKETING_CLOUD_CONNECTOR_LAST_SYNC_DATE_20',
    'marketing_cloud_connector_last_sync_date_20',
  ])('is no hash in base 64 when it is a long name: %s', (cell) => {
    expect(cell).toHaveLength(43);
    expect(read(cell, 'email')).toEqual({ kind: 'rejected', reason: 'no_at_sign' });
  });

  it('of an MD5 layout takes MD5 hashes and refuses SHA-256', () => {
    expect(read(MD5.toUpperCase(), 'maid', 'md5')).toEqual({ kind: 'hashed', digest: MD5 });
    expect(read(HASH, 'maid', 'md5')).toEqual({ kind: 'rejected', reason: 'unsupported_hash' });
    expect(read('0'.repeat(32), 'maid', 'md5')).toEqual({ kind: 'rejected', reason: 'all_zero_maid' });
  });

  it('tells a MAID without dashes from an MD5 hash', () => {
    expect(read(UNDASHED, 'maid')).toEqual({
      kind: 'plain',
      canonical: '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25',
    });
    expect(read(UNDASHED, 'email')).toEqual({ kind: 'rejected', reason: 'unsupported_hash' });
  });

  it.each([
    ["'+12015550100", 'phone', '+12015550100'],
    ['="+12015550100"', 'phone', '+12015550100'],
    ["'anna@example.com'", 'email', 'anna@example.com'],
    ['\u200banna@example.com\u00a0', 'email', 'anna@example.com'],
    ['an\u200bna@exam\u00adple.com\ufeff', 'email', 'anna@example.com'],
    ['\ufeff\u00a0anna@example.com\ufe0f', 'email', 'anna@example.com'],
    ['"anna@example.com"', 'email', 'anna@example.com'],
    ['\u201canna@example.com\u201d', 'email', 'anna@example.com'],
    ['="=+447700900123"', 'phone', '+447700900123'],
    ['\u202d+44 7700 900123\u202c', 'phone', '+447700900123'],
    ['"{5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25}"', 'maid', '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25'],
  ] as const)('loses what a spreadsheet put around it: %s', (cell, identifier, canonical) => {
    expect(read(cell, identifier)).toEqual({ kind: 'plain', canonical });
  });
});
