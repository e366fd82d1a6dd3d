import type { RejectionReason } from './rejection-reasons.js';

export interface RejectionDescription {
  /** What is wrong, in a few words, behind a number of cells. */
  readonly inShort: string;
  /** What is wrong, as a short sentence. */
  readonly title: string;
  /** What the owner of the file can do about it. */
  readonly remedy: string;
}

const DESCRIPTIONS: Readonly<Record<RejectionReason, RejectionDescription>> = {
  no_identifier: {
    inShort: 'no identifier',
    title: 'The row has no e-mail, phone number or mobile advertising id.',
    remedy: 'Fill in at least one of the mapped columns, or leave the row out.',
  },
  no_at_sign: {
    inShort: 'no @ sign',
    title: 'The e-mail address has no @ sign.',
    remedy:
      'Correct the address. If most rows have this problem, the column is probably not the e-mail column.',
  },
  invalid_email: {
    inShort: 'not an e-mail address',
    title: 'The e-mail address is not complete, or holds a space or another character that no address has.',
    remedy: 'Correct the address: one name, one @ sign, one domain, no spaces, commas or brackets.',
  },
  several_values: {
    inShort: 'several values',
    title: 'The cell holds more than one value.',
    remedy: 'Put each value into a column of its own: up to three columns of one identifier can be sent.',
  },
  phone_without_country: {
    inShort: 'no country code',
    title: 'The phone number has no country code.',
    remedy: 'Choose a default country for the column, or write numbers with + and the country code.',
  },
  invalid_phone: {
    inShort: 'not a phone number',
    title: 'The cell does not hold a phone number.',
    remedy: 'Correct the number: + and country code, then the number, 15 digits at most.',
  },
  damaged_by_spreadsheet: {
    inShort: 'shortened by a spreadsheet',
    title: 'A spreadsheet turned the phone number into a shortened figure such as 4.9E+11.',
    remedy: 'Export the file again with the column formatted as text: the missing digits cannot be restored.',
  },
  invalid_maid: {
    inShort: 'not a mobile advertising id',
    title: 'The cell does not hold a mobile advertising id.',
    remedy: 'An id (IDFA or GAID) has 32 hexadecimal digits, usually in five groups joined by dashes.',
  },
  all_zero_maid: {
    inShort: 'all zeros',
    title: 'The mobile advertising id is all zeros, which means that the person declined tracking.',
    remedy: 'Leave the id out: it belongs to nobody in particular.',
  },
  unsupported_hash: {
    inShort: 'a hash that is not taken',
    title: 'The value is hashed in a way that this audience does not take.',
    remedy:
      'Hash with SHA-256 and write it as 64 hexadecimal digits, or provide the plain value. MD5 is possible for mobile advertising ids alone.',
  },
  hash_of_nothing: {
    inShort: 'the hash of an empty text',
    title: 'The value is the hash of an empty text: an empty cell was hashed.',
    remedy: 'Leave empty cells empty when hashing.',
  },
};

/** Sentences for people about a reason code. */
export function describeRejection(reason: RejectionReason): RejectionDescription {
  return DESCRIPTIONS[reason];
}
