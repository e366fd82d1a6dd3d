import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NORMALIZATION_PROFILES } from '../../../src/customer-file/identifiers/profiles.js';
import { readCell } from '../../../src/customer-file/identifiers/read-cell.js';
import { byteRule } from '../../../src/customer-file/part-rows/byte-rules.js';
import type { IdentifierColumn } from '../../../src/customer-file/plan.js';

const SLOT = 4096;

/** What the rule would hash for the cell; null when it leaves the cell to the careful rule. */
function byBytes(
  text: string,
  column: IdentifierColumn,
  profile: (typeof NORMALIZATION_PROFILES)[number],
): string | null {
  const bytes = Buffer.alloc(SLOT + 64);
  const end = bytes.write(text, 0, 'latin1');
  const length = byteRule(column, profile)(bytes, 0, end, SLOT);
  if (length === 0) return null;
  expect(bytes.subarray(SLOT + length).every((byte) => byte === 0)).toBe(true);
  return bytes.toString('latin1', SLOT, SLOT + length);
}

const email: IdentifierColumn = { index: 0, identifier: 'email' };
const phone: IdentifierColumn = { index: 0, identifier: 'phone' };
const american: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'US' };
const british: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'GB' };
const maid: IdentifierColumn = { index: 0, identifier: 'maid' };

const pieces = (...texts: string[]) =>
  fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 14 }).map((array) => array.join(''));
const digits = fc.integer({ min: 0, max: 999_999_999 }).map(String);
const cell = fc.oneof(
  pieces('a', 'B', '.', '+', '@', '@example.com', "'", ' ', '"', '\xe9', '0', '=', '\0', 'x'.repeat(20)),
  pieces('0', '1', '2', '4', '9', '+', '00', '(', ')', '(0)', ' ', '-', '.', '/', '.0', '555', '2015', 'x'),
  fc
    .tuple(
      fc.constantFrom('+', '00', '', '+ ', '(+', '0', '1', '+1'),
      fc.constantFrom('44', '49', '39', '420', '1', '7', '', '201', '48'),
      fc.constantFrom('', '0', ' 0', '(0)', '-', ' (', '555'),
      digits,
      fc.constantFrom('', '', '.0', '.', ')', ' / 1', 'e5', ' ext 1'),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.uuid(), fc.constantFrom('', '}', '0'), fc.boolean())
    .map(([uuid, tail, upper]) => (upper ? uuid.toUpperCase() : uuid) + tail),
  fc
    .tuple(fc.constantFrom('00000000-0000-', '0000-'), fc.uuid())
    .map(([zeros, uuid]) => zeros + uuid.slice(zeros.length)),
  fc.string({ maxLength: 60 }),
);

describe('a rule on bytes', () => {
  it('decides as the careful rule does, or leaves the decision to it', () => {
    fc.assert(
      fc.property(
        cell.map((text) => text.trim()).filter((text) => text !== '' && /^[\0-\xff]*$/.test(text)),
        fc.constantFrom(email, phone, american, british, maid),
        fc.constantFrom(...NORMALIZATION_PROFILES),
        (text, column, profile) => {
          const canonical = byBytes(text, column, profile);
          if (canonical === null) return;
          expect(readCell(text, column, 'sha256', profile)).toEqual({ kind: 'plain', canonical });
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['Anna.Adler+news@Example.COM', email, 'annaadler@example.com'],
    ["o'neil_1@mail.example.com", email, "o'neil_1@mail.example.com"],
    ['+12015550100', phone, '+12015550100'],
    ['+44 7700 900123', phone, '+447700900123'],
    ['+1 (201) 555-0100', phone, '+12015550100'],
    ['0044-7700-900123', phone, '+447700900123'],
    ['(201) 555-0100', american, '+12015550100'],
    ['1-201-555-0100', american, '+12015550100'],
    ['5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25', maid, '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25'],
  ])('takes the usual spelling %s', (text, column, canonical) => {
    expect(byBytes(text, column, 'brief-2024')).toBe(canonical);
  });

  it.each([
    ['a number with a trunk zero', '+4401234567890', phone],
    ['a number with a fraction', '+12015550100.0', phone],
    ['an apostrophe in front', "'anna@example.com", email],
    ['two addresses', 'anna@example.com,ben@example.com', email],
    ['an address longer than a block', `${'x'.repeat(44)}@example.com`, email],
    ['the id of nobody', '00000000-0000-0000-0000-000000000000', maid],
  ])('leaves %s to the careful rule', (_, text, column) => {
    expect(byBytes(text, column, 'brief-2024')).toBeNull();
  });
});
