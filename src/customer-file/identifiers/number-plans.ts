import type { CountryCode } from 'libphonenumber-js';
import metadata from 'libphonenumber-js/min/metadata';

/** What kinds of numbers a country has (fixed lines, mobiles, …): a number is valid when it is of one of them. */
interface NumberKind {
  readonly pattern: RegExp;
  readonly lengths: readonly number[];
}

/** How a country writes its telephone numbers, from the metadata of libphonenumber-js, with the patterns compiled once. */
export interface NumberPlan {
  readonly callingCode: string;
  /** What is dialled before the country code of another country; null where a calling code is no country's. */
  readonly internationalPrefix: RegExp | null;
  readonly pattern: RegExp;
  /** Digits that a number can have without country code and trunk prefix, rising. */
  readonly lengths: readonly number[];
  /** What is dialled before a number within the country. */
  readonly trunkPrefix: RegExp | null;
  /** A replacement for `trunkPrefix`, where that has a group which belongs to the number. */
  readonly trunkReplacement: string | null;
  /** Tells the countries of one calling code apart. */
  readonly leadingDigits: RegExp | null;
  /** Null where the metadata does not tell them apart. */
  readonly kinds: readonly NumberKind[] | null;
}

/**
 * Positions of a plan's entries in the metadata
 * (https://gitlab.com/catamphetamine/libphonenumber-js/-/blob/master/METADATA.md, version 4).
 */
const CALLING_CODE = 0;
const INTERNATIONAL_PREFIX = 1;
const PATTERN = 2;
const LENGTHS = 3;
const TRUNK_PREFIX = 5;
const TRUNK_PREFIX_FOR_PARSING = 7;
const TRUNK_REPLACEMENT = 8;
const LEADING_DIGITS = 10;
const KINDS = 11;

const plansOfCountries = compiledOnDemand(new Map<string, unknown>(Object.entries(metadata.countries)));
const plansOfOtherCodes = compiledOnDemand(new Map<string, unknown>(Object.entries(metadata.nonGeographic)));
const countriesOfCodes = new Map<string, readonly string[]>(Object.entries(metadata.country_calling_codes));

/** Whether it is a country, by ISO 3166 alpha-2, whose numbers are known. */
export function isPhoneCountry(country: string): country is CountryCode {
  return Object.hasOwn(metadata.countries, country);
}

/** The plan of a country that `isPhoneCountry` knows. */
export function planOfCountry(country: string): NumberPlan {
  const plan = plansOfCountries(country);
  if (plan === undefined) throw new Error(`There is no numbering plan for the country ${country}.`);
  return plan;
}

/** The plan of the main country with the calling code, or of a code that is no country's; undefined for no code. */
export function planOfCallingCode(code: string): NumberPlan | undefined {
  const [country] = countriesOfCodes.get(code) ?? [];
  return country === undefined ? plansOfOtherCodes(code) : planOfCountry(country);
}

/** The plan of the country with the calling code whose number it is; undefined where that is no country's or unknown. */
export function planOfNumber(code: string, number: string): NumberPlan | undefined {
  const countries = countriesOfCodes.get(code) ?? [];
  if (countries.length === 1) return planOfCallingCode(code);
  return countries.map(planOfCountry).find((plan) => {
    if (plan.leadingDigits !== null) return plan.leadingDigits.test(number);
    return plan.kinds !== null && isValidNumber(plan, number);
  });
}

/** Whether the country can have assigned the number, given without country code and trunk prefix. */
export function isValidNumber({ pattern, kinds }: NumberPlan, number: string): boolean {
  if (!pattern.test(number)) return false;
  return (
    kinds === null || kinds.some((kind) => kind.lengths.includes(number.length) && kind.pattern.test(number))
  );
}

function compiledOnDemand(entries: ReadonlyMap<string, unknown>): (name: string) => NumberPlan | undefined {
  const plans = new Map<string, NumberPlan>();
  return (name) => {
    const known = plans.get(name);
    if (known !== undefined || !entries.has(name)) return known;
    const plan = compile(entries.get(name));
    plans.set(name, plan);
    return plan;
  };
}

function compile(plan: unknown): NumberPlan {
  const lengths = numbersOf(at(plan, LENGTHS));
  const kinds = listOf(at(plan, KINDS));
  const trunkPrefix = textOf(at(plan, TRUNK_PREFIX_FOR_PARSING)) || textOf(at(plan, TRUNK_PREFIX));
  return {
    callingCode: textOf(at(plan, CALLING_CODE)),
    internationalPrefix: beginning(textOf(at(plan, INTERNATIONAL_PREFIX))),
    pattern: whole(textOf(at(plan, PATTERN))),
    lengths,
    trunkPrefix: beginning(trunkPrefix),
    trunkReplacement: textOf(at(plan, TRUNK_REPLACEMENT)) || null,
    leadingDigits: beginning(textOf(at(plan, LEADING_DIGITS))),
    kinds: kinds.length === 0 ? null : kinds.flatMap((kind) => compileKind(kind, lengths)),
  };
}

/** None where the country has no numbers of the kind. */
function compileKind(kind: unknown, lengths: readonly number[]): NumberKind[] {
  const pattern = textOf(at(kind, 0));
  if (pattern === '') return [];
  const own = numbersOf(at(kind, 1));
  return [{ pattern: whole(pattern), lengths: own.length === 0 ? lengths : own }];
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function beginning(pattern: string): RegExp | null {
  return pattern === '' ? null : new RegExp(`^(?:${pattern})`);
}

// The metadata has a zero for what is missing.

function at(list: unknown, position: number): unknown {
  return listOf(list)[position];
}

function listOf(entry: unknown): readonly unknown[] {
  return Array.isArray(entry) ? entry : [];
}

function textOf(entry: unknown): string {
  return typeof entry === 'string' ? entry : '';
}

function numbersOf(entry: unknown): number[] {
  return listOf(entry).filter((number) => typeof number === 'number');
}
