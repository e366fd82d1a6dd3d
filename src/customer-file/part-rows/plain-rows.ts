import type { EngineMemory } from '../engine-memory.js';
import { isPhoneCountry } from '../identifiers/number-plans.js';
import { countryCodeLength, readNational } from '../identifiers/phone.js';
import { type NormalizationProfile, PROFILE_RULES } from '../identifiers/profiles.js';
import { dialsMoreThanZeros } from '../identifiers/read-digits.js';
import { kernelFunction, loadKernel } from '../load-kernel.js';
import type { OutputField } from '../output-layout.js';
import type { IdentifierColumn } from '../plan.js';
import { WASM } from './plain-rows-kernel.wasm.js';

/** What became of a cell. Less than 0: so many digits of a national number stand in the slot, for `spellNational`. */
export const CARE = 0;
export const EMPTY = 1;
export const HASHED = 2;
export const CAME_HASHED = 3;

/** Numbers of the cursor: how far the output is. The kernel and TypeScript take turns in adding to it. */
export const AT = 0;
export const MESSAGES = 1;
export const LINES = 2;
/** Address of the first digest of the line at hand; 0 while it has none. */
export const PERSON = 3;
export const BLANK_ROWS = 4;
export const EXCLUDED_ROWS = 5;
export const CURSOR_NUMBERS = 6;

/** Numbers of a field's description. */
export const FIELD_NUMBERS = 8;
const PLACE = 0;
const KIND = 1;
const RULES = 2;
const DIGITS = 3;
/** Behind each other: cells of plain rows that were empty, hashed, came hashed. */
export const FIELD_COUNTS = 5;

/** Instead of a row's number of cells: the row is not wanted. */
export const EXCLUDED = 0;

export type PlainRowsMemory = Pick<
  EngineMemory,
  'memory' | 'cursor' | 'fields' | 'slots' | 'lengths' | 'targets' | 'people'
>;

/** The kernel of plain rows, on addresses of its memory. */
export interface PlainRows {
  readonly cursor: Uint32Array;
  /** Descriptions of the fields, by `describeField`. */
  readonly fields: Uint32Array;
  /** Adds a cell to the line unless it takes care, and says what became of it. There must be room for a message. */
  readonly addCell: (field: number, start: number, end: number) => number;
  /**
   * Adds as many of the `count` rows at `table` as are plain from the first on; returns how many rows that is. Stops also
   * where the batch has no room for a row's messages, of which it takes `capacity`, and where a line ended beyond `full`.
   */
  readonly addRows: (
    table: number,
    count: number,
    entryBytes: number,
    fieldCount: number,
    capacity: number,
    full: number,
  ) => number;
  /** `addDistinct` for `count` digests, whose addresses (u32) stand at `digests`. */
  readonly addPeople: (digests: number, count: number, registers: number) => void;
}

/** Throws where WebAssembly or its SIMD instructions are missing. */
export function openPlainRows(engine: PlainRowsMemory, fieldCount: number): PlainRows {
  const { memory, cursor, fields, slots, lengths, targets, people } = engine;
  const kernel = loadKernel(WASM, memory);
  const addCell = kernelFunction(kernel, 'addCell');
  const addRows = kernelFunction(kernel, 'addRows');
  const addPeople = kernelFunction(kernel, 'addPeople');
  kernelFunction(kernel, 'place')(cursor, slots, lengths, targets, people);
  new Uint8Array(memory.buffer).set(COUNTRY_CODE_LENGTHS, kernelFunction(kernel, 'countryCodeLengths')());
  return {
    cursor: new Uint32Array(memory.buffer, cursor, CURSOR_NUMBERS).fill(0),
    fields: new Uint32Array(memory.buffer, fields, fieldCount * FIELD_NUMBERS).fill(0),
    addCell: (field, start, end) => addCell(fields + 4 * FIELD_NUMBERS * field, start, end),
    addRows: (table, count, entryBytes, fieldsOfRow, capacity, full) =>
      addRows(table, count, entryBytes, fields, fieldsOfRow, capacity, full),
    addPeople: (digests, count, registers) => {
      addPeople(digests, count, registers);
    },
  };
}

/** By a number's first two digits. */
const COUNTRY_CODE_LENGTHS = Uint8Array.from({ length: 100 }, (_, digits) =>
  countryCodeLength(String(digits).padStart(2, '0')),
);

const KINDS = { email: 1, phone: 2, maid: 3 } as const;
/** Where the output takes MD5: plain values are rare in such a file. */
const ONLY_HASHES = 0;

/** Describes field `position` to the kernel. `place`: where in a row's entry its cell is found, in numbers. */
export function describeField(
  { fields }: PlainRows,
  position: number,
  place: number,
  { digest }: Pick<OutputField, 'digest'>,
  column: IdentifierColumn,
  normalization: NormalizationProfile,
): void {
  const at = position * FIELD_NUMBERS;
  fields[at + PLACE] = 4 * place;
  fields[at + KIND] = digest === 'sha256' ? KINDS[column.identifier] : ONLY_HASHES;
  fields[at + RULES] = rulesOf(column, normalization);
  fields[at + DIGITS] = digest === 'sha256' ? 64 : 32;
}

function rulesOf(
  { identifier, defaultCountry }: IdentifierColumn,
  normalization: NormalizationProfile,
): number {
  const { email, phone } = PROFILE_RULES[normalization];
  switch (identifier) {
    case 'email':
      return bits(email.removeDots, email.cutSuffix, email.beginsWithLetterOrDigit);
    case 'phone':
      return bits(
        defaultCountry === 'US' || defaultCountry === 'CA',
        phone === 'with_plus',
        defaultCountry !== undefined && isPhoneCountry(defaultCountry) && dialsMoreThanZeros(defaultCountry),
      );
    case 'maid':
      return 0;
  }
}

function bits(...flags: boolean[]): number {
  return flags.reduce((sum, flag, bit) => sum + (flag ? 1 << bit : 0), 0);
}

/**
 * Spells the national number whose digits stand from `slot + 2` on. Which country has them is decided on text: it takes
 * more than looking at bytes. Returns its length; 0 when the careful rule must decide.
 */
export function spellNational(
  bytes: Buffer,
  slot: number,
  digits: number,
  { defaultCountry }: IdentifierColumn,
  normalization: NormalizationProfile,
): number {
  const end = slot + 2 + digits;
  const text = bytes.toString('latin1', slot + 2, end);
  // An international number whose zeros stand apart.
  if (text.startsWith('00')) return 0;
  const outcome = readNational(text, defaultCountry);
  if (outcome.kind === 'rejected') return 0;
  const { canonical } = outcome;
  const spelt = PROFILE_RULES[normalization].phone === 'with_plus' ? canonical : canonical.slice('+'.length);
  const length = bytes.write(spelt, slot, 'latin1');
  bytes.fill(0, slot + length, end);
  return length;
}
