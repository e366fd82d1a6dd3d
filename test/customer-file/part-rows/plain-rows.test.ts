import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NORMALIZATION_PROFILES } from '../../../src/customer-file/identifiers/profiles.js';
import { readCell } from '../../../src/customer-file/identifiers/read-cell.js';
import { newKernelMemory } from '../../../src/customer-file/load-kernel.js';
import {
  AT,
  describeField,
  HASHED,
  MESSAGES,
  openPlainRows,
  spellNational,
} from '../../../src/customer-file/part-rows/plain-rows.js';
import type { IdentifierColumn } from '../../../src/customer-file/plan.js';

/** Above the modules' constants. */
const CELL = 65_536;
const SLOT = 2 * CELL;
const OUTPUT = SLOT + 1024;
const memory = newKernelMemory(3 * CELL);
const plainRows = openPlainRows(
  {
    memory,
    cursor: CELL + 1024,
    fields: CELL + 1088,
    slots: SLOT,
    lengths: CELL + 1152,
    targets: CELL + 1156,
    people: CELL + 1160,
  },
  1,
);

/** What would be hashed for the cell; null when it takes care or came hashed. */
function byBytes(
  text: string,
  column: IdentifierColumn,
  profile: (typeof NORMALIZATION_PROFILES)[number],
): string | null {
  // Marks around a cell are no part of it.
  if (text.startsWith('"')) return null;
  const bytes = Buffer.from(memory.buffer);
  bytes.fill(0, SLOT, SLOT + 2 * 64);
  plainRows.cursor.fill(0);
  plainRows.cursor[AT] = OUTPUT;
  describeField(plainRows, 0, 0, { digest: 'sha256' }, column, profile);
  const end = CELL + bytes.write(text, CELL, 'latin1');
  // What stands behind a cell is no part of it.
  bytes.write('@+."<', end, 'latin1');
  const outcome = plainRows.addCell(0, CELL, end);
  expect(plainRows.cursor[MESSAGES]).toBe(outcome === HASHED ? 1 : 0);
  const national = outcome < 0 ? spellNational(bytes, SLOT, -outcome, column, profile) : 0;
  const length = outcome === HASHED ? bytes.readUInt32LE(CELL + 1152) : national;
  if (length === 0) return null;
  expect(bytes.subarray(SLOT + length, SLOT + 2 * 64).every((byte) => byte === 0)).toBe(true);
  return bytes.toString('latin1', SLOT, SLOT + length);
}

const email: IdentifierColumn = { index: 0, identifier: 'email' };
const phone: IdentifierColumn = { index: 0, identifier: 'phone' };
const american: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'US' };
const british: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'GB' };
const german: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'DE' };
const french: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'FR' };
const brazilian: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'BR' };
const australian: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'AU' };
const korean: IdentifierColumn = { index: 0, identifier: 'phone', defaultCountry: 'KR' };
const maid: IdentifierColumn = { index: 0, identifier: 'maid' };

const pieces = (...texts: string[]) =>
  fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 14 }).map((array) => array.join(''));
const digits = fc.integer({ min: 0, max: 999_999_999 }).map(String);
const cell = fc.oneof(
  pieces('a', 'B', '.', '+', '@', '@example.com', "'", ' ', '"', '\xe9', '0', '=', '\0', 'x'.repeat(20)),
  pieces('0', '1', '2', '4', '9', '+', '00', '(', ')', '(0)', ' ', '-', '.', '/', '.0', '555', '2015', 'x'),
  fc
    .tuple(
      fc.constantFrom('+', '00', '', '+ ', '(+', '0', '1', '+1', '0011', '001'),
      fc.constantFrom('44', '49', '39', '420', '1', '7', '', '201', '48'),
      fc.constantFrom('', '0', ' 0', '(0)', '-', ' (', '555'),
      digits,
      fc.constantFrom('', '', '.0', '.00', '.000', '.50', '.', ')', ' / 1', 'e5', ' ext 1'),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('49', '49 ', '82-', '81 ', '39', '44'),
      fc.constantFrom('0', '(0)', '00', ''),
      fc.constantFrom('15112345678', '10-1234-5678', '9012345678', '612345678', '7700900123'),
      fc.constantFrom('', '', '.0', ' / 2025550101'),
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
        fc.constantFrom(
          ...[email, phone, american, british, german, french, brazilian, australian, korean, maid],
        ),
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

  it('knows each byte in an address, wherever it stands', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (const [before, behind] of [
        ['', 'na@example.com'],
        ['an', 'na@example.com'],
        ['anna.of.a.long.name', '@example.com'],
        ['anna+news', 's@example.com'],
        ['anna@', 'example.com'],
        ['anna@mail.of.some.example', '.com'],
        ['anna@example.com', ''],
      ] as const) {
        const text = `${before}${String.fromCharCode(byte)}${behind}`;
        if (text.trim() !== text) continue;
        for (const profile of NORMALIZATION_PROFILES) {
          const canonical = byBytes(text, email, profile);
          if (canonical === null) continue;
          expect(readCell(text, email, 'sha256', profile)).toEqual({ kind: 'plain', canonical });
        }
      }
    }
  });

  it('knows each byte in a MAID, wherever it stands', () => {
    const id = '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25';
    for (let byte = 0; byte < 256; byte++) {
      for (let at = 0; at < id.length; at++) {
        const text = `${id.slice(0, at)}${String.fromCharCode(byte)}${id.slice(at + 1)}`;
        const canonical = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
          ? text.toLowerCase()
          : null;
        expect(byBytes(text, maid, 'brief-2024')).toBe(canonical);
      }
    }
  });

  it('takes addresses of every length that fits a block, and of every shape', () => {
    const part = fc.array(fc.constantFrom('a', 'Z', '.', '_', '7', '+'), { maxLength: 55 });
    fc.assert(
      fc.property(part, part, fc.constantFrom(...NORMALIZATION_PROFILES), (local, domain, profile) => {
        const text = `${local.join('')}@${domain.join('')}`;
        if (text.length > 55) return;
        const outcome = readCell(text, email, 'sha256', profile);
        expect(byBytes(text, email, profile)).toBe(outcome.kind === 'plain' ? outcome.canonical : null);
      }),
      { numRuns: 5000 },
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
    ['07700 900123', british, '+447700900123'],
    ['0044 7700 900123', british, '+447700900123'],
    ['1-201-555-0100', phone, '+12015550100'],
    ['+1.2015550100', phone, '+12015550100'],
    ['201.555.0100', american, '+12015550100'],
    ['06.12.34.56.00', french, '+33612345600'],
    ['49015112345678', phone, '+4915112345678'],
    ['49 0151 12345678', german, '+4915112345678'],
    ['49-0151-12345678', french, '+4915112345678'],
    ['82-010-1234-5678', phone, '+821012345678'],
    ['390612345678', phone, '+390612345678'],
    ['5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25', maid, '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25'],
  ])('takes the usual spelling %s', (text, column, canonical) => {
    expect(byBytes(text, column, 'brief-2024')).toBe(canonical);
  });

  it.each([
    ['a number with a trunk zero', '+4401234567890', phone],
    ['a number with a trunk zero in brackets', '49 (0)151 12345678', phone],
    ['a prefix longer than 00', '0011 44 7911 123456', australian],
    ['00 where longer prefixes are dialled', '0044 7911 123456', korean],
    ['two numbers', '2015550100 / 2025550101', american],
    ['a number with a fraction', '+12015550100.0', phone],
    ['a number with two decimals', '+12015550100.00', phone],
    ['a number with groups and decimals', '+2 015 550 100.00', phone],
    ['a number with a fraction that is not zero', '201555010.5', american],
    ['an apostrophe in front', "'anna@example.com", email],
    ['two addresses', 'anna@example.com,ben@example.com', email],
    ['an address longer than a block', `${'x'.repeat(44)}@example.com`, email],
    ['the id of nobody', '00000000-0000-0000-0000-000000000000', maid],
  ])('leaves %s to the careful rule', (_, text, column) => {
    expect(byBytes(text, column, 'brief-2024')).toBeNull();
  });
});
