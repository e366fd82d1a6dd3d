import fc from 'fast-check';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js';
import metadata from 'libphonenumber-js/min/metadata';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import {
  dialsMoreThanZeros,
  type ReadNumber,
  readInternationalDigits,
  readNationalDigits,
} from '../../../src/customer-file/identifiers/read-digits.js';

type Country = ReturnType<typeof getCountries>[number];

function outcome(number: ReadNumber | null): unknown {
  return number && { e164: number.e164, isPossible: number.isPossible, isValid: number.isValid() };
}

function byLibrary(text: string, defaultCountry?: Country): unknown {
  const number = parsePhoneNumberFromString(text, {
    extract: false,
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
  });
  return number ? { e164: number.number, isPossible: number.isPossible(), isValid: number.isValid() } : null;
}

const country = fc.constantFrom(...getCountries());
const callingCode = fc.constantFrom(
  ...Object.keys(metadata.country_calling_codes),
  ...Object.keys(metadata.nonGeographic),
);
const randomDigits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 14 });

/** An existing number of the country, or a neighbour of one: other digits at the end, some more, some fewer. */
const nationalNumber = fc
  .tuple(country, randomDigits, fc.nat(4), fc.nat(4))
  .map(([of, digits, kept, added]) => {
    const example = getExampleNumber(of, examples)?.nationalNumber ?? '';
    return { of, number: example.slice(0, example.length - kept) + digits.slice(0, added) };
  });

describe('digits of a telephone number', () => {
  it('with a country code are read as libphonenumber-js reads them', () => {
    const digits = fc.oneof(
      randomDigits,
      fc.tuple(callingCode, randomDigits).map((parts) => parts.join('')),
      fc.tuple(callingCode, nationalNumber).map(([code, { number }]) => code + number),
      fc
        .tuple(callingCode, fc.constantFrom('0', '8', '1', '06', '9'), nationalNumber)
        .map(([code, trunk, { number }]) => code + trunk + number),
    );
    fc.assert(
      fc.property(
        digits.filter((text) => text.length >= 3 && text.length <= 17),
        (text) => {
          expect(outcome(readInternationalDigits(text))).toEqual(byLibrary(`+${text}`));
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('with a default country are read as libphonenumber-js reads them', () => {
    const prefix = fc.constantFrom(
      '',
      '',
      '0',
      '8',
      '1',
      '00',
      '011',
      '010',
      '0011',
      '0015',
      '90',
      '044',
      '15',
    );
    const digits = fc.oneof(
      fc.tuple(country, prefix, randomDigits).map(([of, ...parts]) => ({ of, text: parts.join('') })),
      fc.tuple(prefix, nationalNumber).map(([before, { of, number }]) => ({ of, text: before + number })),
      fc.tuple(prefix, callingCode, nationalNumber).map(([before, code, { of, number }]) => ({
        of,
        text: before + code + number,
      })),
    );
    fc.assert(
      fc.property(
        digits.filter(({ text }) => text.length >= 3 && text.length <= 17),
        ({ of, text }) => {
          expect(outcome(readNationalDigits(text, of))).toEqual(byLibrary(text, of));
        },
      ),
      { numRuns: 6000 },
    );
  });

  it('of every country have its example in every spelling', () => {
    for (const of of getCountries()) {
      const example = getExampleNumber(of, examples);
      if (example === undefined) throw new Error(`No example for ${of}`);
      const { number, countryCallingCode, nationalNumber: national } = example;
      expect(readInternationalDigits(number.slice(1))?.e164).toBe(number);
      const dialled = example.formatNational().replace(/[^0-9]/g, '');
      for (const text of [
        national,
        dialled,
        `0${national}`,
        `00${countryCallingCode}${national}`,
        number.slice(1),
      ]) {
        expect([of, text, outcome(readNationalDigits(text, of))]).toEqual([of, text, byLibrary(text, of)]);
      }
    }
  });
});

it('tells which countries dial 00 and more', () => {
  const longer = ['AU', 'BO', 'BR', 'CC', 'CO', 'CX', 'GY', 'HK', 'ID', 'KE', 'KH', 'KR', 'MN', 'NG', 'SG'];
  expect(getCountries().filter(dialsMoreThanZeros)).toEqual([...longer, 'TH', 'TW', 'TZ', 'UG']);
});
