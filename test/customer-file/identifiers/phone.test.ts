import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { normalisePhone } from '../../../src/customer-file/identifiers/phone.js';
import { dialsMoreThanZeros } from '../../../src/customer-file/identifiers/read-digits.js';

function digest(text: string, country?: string): string {
  const outcome = normalisePhone(text, country);
  if (outcome.kind !== 'plain') throw new Error(outcome.reason);
  return createHash('sha256').update(outcome.canonical).digest('hex');
}

describe('phone numbers with their country code', () => {
  it.each([
    ['+16577770000', 'a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb'],
    ['+37493828222', '241371e614f8650dfae0f111361c69de1bb4829a72b71bb8044daae8b2e7791d'],
  ])('hashes %s as published, with the +', (text, expected) => {
    expect(digest(text)).toBe(expected);
  });

  it.each([
    ['+1 (201) 555-0100', '+12015550100'],
    ['+1.201.555.0100', '+12015550100'],
    ['001 201 555 0100', '+12015550100'],
    ['+44 7700 900123', '+447700900123'],
    ['+44 (0)7700 900123', '+447700900123'],
    ['+44\u00a07700\u2011900123', '+447700900123'],
    ['tel:+44-7700-900123', '+447700900123'],
    ['＋４４７７００９００１２３', '+447700900123'],
    ['+49 0151 12345678', '+4915112345678'],
    ['+39 06 1234 5678', '+390612345678'],
    ['+2250707123456', '+2250707123456'],
    ['+442071838750', '+442071838750'],
    ['+551155256', '+551155256'],
    ['+1231234567', '+1231234567'],
    ['4915112345678.0', '+4915112345678'],
    ['4915112345678,0', '+4915112345678'],
    ['4915112345678.00', '+4915112345678'],
    ['4915112345678,00', '+4915112345678'],
    ['4915112345678.000000', '+4915112345678'],
    ['+4915112345678.00', '+4915112345678'],
    ['004915112345678.00', '+4915112345678'],
    ['=4915112345678.00', '+4915112345678'],
    ['4.915.112.345.678', '+4915112345678'],
    ['4.915.112.345.678,00', '+4915112345678'],
    ['4,915,112,345,678.00', '+4915112345678'],
    ['4 915 112 345 678.00', '+4915112345678'],
    ['4\u00a0915\u00a0112\u00a0345\u00a0678,00', '+4915112345678'],
    ['4\u2019915\u2019112\u2019345\u2019678.00', '+4915112345678'],
    ['+33.6.12.34.56.00', '+33612345600'],
    ['+1201555.0000', '+12015550000'],
    ['0039335.1234567', '+393351234567'],
    ['+1 201 555 0100 ext. 12', '+12015550100'],
    ['+1 201-555-0100 x123', '+12015550100'],
    ['+12015550100;ext=123', '+12015550100'],
    ['+1 (201) 555-0100 Extension 4', '+12015550100'],
    ['+44 7700 900123 #12', '+447700900123'],
    ['=+447700900123', '+447700900123'],
  ])('spells %s as %s', (text, canonical) => {
    expect(normalisePhone(text)).toEqual({ kind: 'plain', canonical });
  });
});

describe('phone numbers without + and country code', () => {
  it.each([
    ['(657)777-0000', 'US', '+16577770000'],
    ['1 657 777 0000', 'US', '+16577770000'],
    ['07700 900123', 'GB', '+447700900123'],
    ['0151/123 456 78', 'DE', '+4915112345678'],
    ['4915112345678', 'DE', '+4915112345678'],
    ['49 (0)151 12345678', 'DE', '+4915112345678'],
    ['49015112345678', 'DE', '+4915112345678'],
    ['49015112345678.0', 'DE', '+4915112345678'],
    ['49015112345678', 'US', '+4915112345678'],
    ['49015112345678', 'FR', '+4915112345678'],
    ['82-010-1234-5678', 'KR', '+821012345678'],
    ['81-090-1234-5678', 'JP', '+819012345678'],
    ['390612345678', 'IT', '+390612345678'],
    ['390612345678', 'US', '+390612345678'],
    ['447700900123', 'GB', '+447700900123'],
    ['4915112345678.00', 'DE', '+4915112345678'],
    ['4915112345678,00', 'DE', '+4915112345678'],
    ['919876543210.00', 'IN', '+919876543210'],
    ['9876543210.00', 'IN', '+919876543210'],
    ['2015550100.00', 'US', '+12015550100'],
    ['2015550100.0000', 'US', '+12015550100'],
    ['2.015.550.100,00', 'US', '+12015550100'],
    ['201.555.0000', 'US', '+12015550000'],
    ['06.12.34.56.00', 'FR', '+33612345600'],
    ['33612345678', 'FR', '+33612345678'],
    ['+44 7700 900123', 'DE', '+447700900123'],
    ['(201) 555-0100 x5', 'US', '+12015550100'],
  ])('reads %s with the default country %s as %s', (text, country, canonical) => {
    expect(normalisePhone(text, country)).toEqual({ kind: 'plain', canonical });
  });

  it.each([
    ['12015550100', '+12015550100'],
    ['374-93-828222', '+37493828222'],
    ['4915112345678', '+4915112345678'],
    ['49 (0)151 12345678', '+4915112345678'],
    ['49015112345678', '+4915112345678'],
    ['49015112345678.0', '+4915112345678'],
    ['82-010-1234-5678', '+821012345678'],
    ['81-090-1234-5678', '+819012345678'],
    ['390612345678', '+390612345678'],
  ])('takes the bare digits %s, which are valid with a +', (text, canonical) => {
    expect(normalisePhone(text)).toEqual({ kind: 'plain', canonical });
  });

  it.each(['(201) 555-0100', '2015550100', '0151 12345678', '07700 900123', '13812345678', '5550100'])(
    'refuses %s without a default country',
    (text) => {
      expect(normalisePhone(text)).toEqual({ kind: 'rejected', reason: 'phone_without_country' });
    },
  );
});

describe('a number behind an international prefix longer than 00', () => {
  it.each([
    ['0011 44 7911 123456', 'AU', '+447911123456'],
    ['0011 1 201 555 0100', 'AU', '+12015550100'],
    ['001 44 7911 123456', 'SG', '+447911123456'],
    ['001 44 7911 123456', 'KR', '+447911123456'],
    ['00700 44 7911 123456', 'KR', '+447911123456'],
    ['001 1 201 555 0100', 'KR', '+12015550100'],
    ['001 44 7911 123456', 'HK', '+447911123456'],
    ['001 44 7911 123456', 'TH', '+447911123456'],
    ['002 44 7911 123456', 'TW', '+447911123456'],
    ['005 44 7911 123456', 'TW', '+447911123456'],
    ['0015 44 7911 123456', 'BR', '+447911123456'],
    ['0021 44 7911 123456', 'BR', '+447911123456'],
    ['0011 44 7911 123456 ext. 5', 'AU', '+447911123456'],
    ['005 44 7911 123456 ext. 5', 'TW', '+447911123456'],
    ['001 1 201 555 0100 ext. 5', 'KR', '+12015550100'],
  ])('is read without all of it: %s in %s is %s', (text, country, canonical) => {
    expect(normalisePhone(text, country)).toEqual({ kind: 'plain', canonical });
  });

  it.each([
    ['0044 7911 123456', 'AU', '+447911123456'],
    ['001 201 555 0100', 'AU', '+12015550100'],
    ['0044 7911 123456', 'SG', '+447911123456'],
    ['0044 7911 123456 ext. 5', 'SG', '+447911123456'],
    ['0086 138 1234 5678', 'HK', '+8613812345678'],
    ['0082 10 1234 5678', 'KR', '+821012345678'],
    ['0041 44 668 18 00', 'BR', '+41446681800'],
    ['0057 301 234 5678', 'CO', '+573012345678'],
    ['0066 62 123 4567', 'TH', '+66621234567'],
    ['0066 62 123 4567 ext. 5', 'TH', '+66621234567'],
    ['0055 51 98765 4321', 'BR', '+5551987654321'],
  ])('may have 00 before it all the same: %s in %s is %s', (text, country, canonical) => {
    expect(normalisePhone(text, country)).toEqual({ kind: 'plain', canonical });
  });

  it('is not looked for before a number of the country itself', () => {
    const countries = getCountries().filter(dialsMoreThanZeros);
    expect(countries).toContain('CO');
    for (const country of countries) {
      const { number } = getExampleNumber(country, examples) ?? {};
      expect(number, country).toBeDefined();
      const dialled = `00${number?.slice('+'.length)}`;
      expect(normalisePhone(dialled, country), country).toEqual({ kind: 'plain', canonical: number });
    }
  });

  it.each([
    ['that is valid in both ways', '0049 151 12345678', 'SG'],
    ['that is valid in both ways', '001 201 555 0100', 'KR'],
    ['that is valid in both ways, with an extension', '0049 151 12345678 ext. 5', 'SG'],
    ['that is valid in neither', '0011 44 7911', 'AU'],
    ['that is valid in neither, with an extension', '0011 44 7911 ext. 5', 'AU'],
  ])('is refused where it is one %s: %s in %s', (_, text, country) => {
    expect(normalisePhone(text, country)).toEqual({ kind: 'rejected', reason: 'invalid_phone' });
  });
});

describe('a + that a spreadsheet ate', () => {
  it('makes no other number of what is taken without it, whatever trunk zero it has', () => {
    const codes = fc.constantFrom('49', '44', '33', '39', '82', '81', '7', '420', '225');
    const rest = fc.tuple(
      codes,
      fc.constantFrom('', '0', '00', '8'),
      fc.stringMatching(/^[1-9][0-9]{7,10}$/),
    );
    fc.assert(
      fc.property(
        rest.map((parts) => parts.join('')),
        (digits) => {
          const bare = normalisePhone(digits);
          if (bare.kind === 'plain') expect(bare).toEqual(normalisePhone(`+${digits}`));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a number with a fraction', () => {
  it.each(['2015550100', '2,015,550,100', '2 015 550 100', '4915112345678', '30123456'])(
    '%s.50 is never a number with more digits',
    (whole) => {
      for (const country of [undefined, 'US', 'DE', 'IN', 'EG']) {
        expect(normalisePhone(`${whole}.50`, country)).toEqual({ kind: 'rejected', reason: 'invalid_phone' });
      }
    },
  );

  it('of zeros is the number without it', () => {
    const plan = fc.constantFrom(undefined, 'US', 'DE', 'IN', 'FR', 'AU');
    const fraction = fc.constantFrom('.0', '.00', ',0', ',00');
    fc.assert(
      fc.property(fc.stringMatching(/^\+?[0-9]{7,16}$/), fraction, plan, (number, zeros, country) => {
        expect(normalisePhone(number + zeros, country)).toEqual(normalisePhone(number, country));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is no phone number', () => {
  it.each([
    ['4.91512E+11', 'damaged_by_spreadsheet'],
    ['4,91512E+11', 'damaged_by_spreadsheet'],
    ['4e11', 'damaged_by_spreadsheet'],
    ['0', 'invalid_phone'],
    ['none', 'invalid_phone'],
    ['+1234', 'invalid_phone'],
    ['+0049151123456', 'invalid_phone'],
    ['+1234567890123456', 'invalid_phone'],
    ['4915112345678.50', 'invalid_phone'],
    ['4915112345678,5', 'invalid_phone'],
    ['+4915112345678.05', 'invalid_phone'],
    ['4.915.112.345.678,50', 'invalid_phone'],
    ['4 915 112 345 678.99', 'invalid_phone'],
    ['call me', 'invalid_phone'],
    ['+12015550100, +12025550101', 'several_values'],
    ['+1 201 555 0100 / +1 202 555 0101', 'several_values'],
    ['2015550100 or 2025550101', 'several_values'],
    ['2015550100 / 2025550101', 'several_values'],
    ['2015550100\n2025550101', 'several_values'],
    ['+12015550100 / 2025550101', 'several_values'],
    ['0012015550100\r\n2025550101', 'several_values'],
    ['2015550100 / 202555', 'invalid_phone'],
    ['20155501002025550101', 'invalid_phone'],
  ])('refuses %s as %s', (text, reason) => {
    expect(normalisePhone(text)).toEqual({ kind: 'rejected', reason });
  });

  it('is not what has a separator in it and the digits of one number', () => {
    const written = [
      ['0151123 / 4567890', 'DE', '+491511234567890'],
      ['0049 151123 / 4567890', undefined, '+491511234567890'],
      ['+49 151123 / 4567890', undefined, '+491511234567890'],
    ] as const;
    for (const [text, country, canonical] of written) {
      expect(normalisePhone(text, country)).toEqual({ kind: 'plain', canonical });
    }
  });
});
