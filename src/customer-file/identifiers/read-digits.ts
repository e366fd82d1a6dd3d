import {
  isValidNumber,
  type NumberPlan,
  planOfCallingCode,
  planOfCountry,
  planOfNumber,
} from './number-plans.js';

/** A telephone number whose country code is known. */
export interface ReadNumber {
  /** E.164, with the +. */
  readonly e164: string;
  /** Whether numbers of its country can have that many digits. */
  readonly isPossible: boolean;
  /** Whether its country can have assigned it. Takes longer to find out. */
  readonly isValid: () => boolean;
}

const MAX_CALLING_CODE_DIGITS = 3;
const MIN_NATIONAL_DIGITS = 2;
const MAX_NATIONAL_DIGITS = 17;

interface WithCode {
  readonly plan: NumberPlan;
  /** Behind the country code. */
  readonly rest: string;
}

/**
 * Reads ASCII digits that begin with a country code, as `parsePhoneNumberFromString` of libphonenumber-js reads them
 * behind a +, at a hundredth of the time. Null where it finds no number.
 */
export function readInternationalDigits(digits: string): ReadNumber | null {
  const found = withCode(digits);
  return found === null ? null : readRest(found);
}

/** Reads ASCII digits, as it reads them with a default country. */
export function readNationalDigits(digits: string, country: string): ReadNumber | null {
  const plan = planOfCountry(country);
  const dialled = withoutInternationalPrefix(digits, plan);
  if (dialled !== null) return readInternationalDigits(dialled);
  return holdsOwnCode(digits, plan)
    ? readInternationalDigits(digits)
    : readRest({ plan, rest: digits }, plan);
}

/** What follows the international prefix that the country dials; null where the digits do not begin with it. */
export function withoutOwnPrefix(digits: string, country: string): string | null {
  return withoutInternationalPrefix(digits, planOfCountry(country));
}

/** Whether the country has an international prefix that begins with `00` and is longer. */
export function dialsMoreThanZeros(country: string): boolean {
  const { internationalPrefix } = planOfCountry(country);
  // The longest has five digits.
  return Array.from({ length: 1_000 }, (_, next) => `00${String(next).padStart(3, '0')}`).some(
    (digits) => (internationalPrefix?.exec(digits)?.[0].length ?? 0) > '00'.length,
  );
}

function withCode(digits: string): WithCode | null {
  if (digits.startsWith('0')) return null;
  for (let length = 1; length <= MAX_CALLING_CODE_DIGITS && length <= digits.length; length++) {
    const plan = planOfCallingCode(digits.slice(0, length));
    if (plan !== undefined) return { plan, rest: digits.slice(length) };
  }
  return null;
}

/** `own`: the plan of the default country, which decides where the number belongs to none of its calling code. */
function readRest({ plan, rest }: WithCode, own?: NumberPlan): ReadNumber | null {
  if (rest === '') return null;
  const number = withoutTrunkPrefix(rest, plan);
  if (number.length < MIN_NATIONAL_DIGITS || number.length > MAX_NATIONAL_DIGITS) return null;
  const exact = planOfNumber(plan.callingCode, number) ?? own ?? plan;
  return {
    e164: `+${plan.callingCode}${number}`,
    isPossible: exact.lengths.includes(number.length),
    isValid: () => isValidNumber(exact, number),
  };
}

/** `0049151…` dialled in Britain begins with Germany's code. Null where there is no such prefix. */
function withoutInternationalPrefix(digits: string, plan: NumberPlan): string | null {
  const match = plan.internationalPrefix?.exec(digits);
  if (match === undefined || match === null) return null;
  const rest = digits.slice(match[0].length);
  return rest === '' || rest === digits || rest.startsWith('0') ? null : rest;
}

/** Digits that are too many for a number of the country, or are one only without its own code. */
function holdsOwnCode(digits: string, plan: NumberPlan): boolean {
  if (!digits.startsWith(plan.callingCode)) return false;
  const number = withoutTrunkPrefix(digits, plan);
  if (number.length > (plan.lengths.at(-1) ?? 0)) return true;
  const rest = digits.slice(plan.callingCode.length);
  return !plan.pattern.test(number) && plan.pattern.test(withoutTrunkPrefix(rest, plan));
}

/** The trunk prefix stays where the number is one with it and none without, or would become too short. */
function withoutTrunkPrefix(digits: string, plan: NumberPlan): string {
  const match = plan.trunkPrefix?.exec(digits);
  if (match === undefined || match === null) return digits;
  const number = replaceTrunkPrefix(digits, plan, match);
  if (number === digits) return digits;
  if (plan.pattern.test(digits) && !plan.pattern.test(number)) return digits;
  const { lengths } = planOfNumber(plan.callingCode, number) ?? plan;
  const isTooLong = number.length > (lengths.at(-1) ?? 0);
  return lengths.includes(number.length) || isTooLong ? number : digits;
}

function replaceTrunkPrefix(
  digits: string,
  { trunkPrefix, trunkReplacement }: NumberPlan,
  match: RegExpExecArray,
): string {
  const lastGroup = match.length > 1 ? match.at(-1) : undefined;
  return trunkPrefix !== null && trunkReplacement !== null && lastGroup !== undefined && lastGroup !== ''
    ? digits.replace(trunkPrefix, trunkReplacement)
    : digits.slice(match[0].length);
}
