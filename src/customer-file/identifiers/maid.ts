import { type PlainOutcome, plain, type RejectedOutcome, rejected } from './cell-outcome.js';

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const WRAPPINGS = /[\s{}()"_-]/g;
const PREFIX = /^(?:urn:uuid:|idfa:|gaid:|aaid:|maid:)/;
const DIGITS = /^[0-9a-f]{32}$/;
const ALL_ZERO = '00000000000000000000000000000000';
/** Version 4, variant 1: Apple's and Google's ids are random UUIDs. Of MD5 hashes only one in 64 looks like that. */
const RANDOM_UUID_DIGITS = /^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/;
const SEPARATORS = /[\s,;|/]+/;

/**
 * Puts a mobile advertising id into the one spelling that is hashed: lower case with dashes, as TikTok's own example
 * hash has it. Apple's all-zero id belongs to everybody who declined tracking, so it is refused.
 */
export function normaliseMaid(text: string): PlainOutcome | RejectedOutcome {
  const lower = text.toLowerCase();
  if (CANONICAL.test(lower) && !lower.startsWith('00000000-0000')) return plain(lower);
  const digits = lower.replace(PREFIX, '').replace(WRAPPINGS, '');
  if (!DIGITS.test(digits)) return rejected(holdsSeveral(lower) ? 'several_values' : 'invalid_maid');
  if (digits === ALL_ZERO) return rejected('all_zero_maid');
  return plain(withDashes(digits));
}

/** Whether 32 lower-case hex digits are a MAID without its dashes (or the all-zero one) rather than an MD5 hash. */
export function isMaidWithoutDashes(hex: string): boolean {
  return RANDOM_UUID_DIGITS.test(hex) || hex === ALL_ZERO;
}

function withDashes(digits: string): string {
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}

function holdsSeveral(lower: string): boolean {
  return lower.split(SEPARATORS).filter((piece) => DIGITS.test(piece.replace(WRAPPINGS, ''))).length > 1;
}
