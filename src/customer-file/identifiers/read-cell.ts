import type { DigestAlgorithm } from '../output-layout.js';
import type { IdentifierColumn } from '../plan.js';
import {
  type CellOutcome,
  type PlainOutcome,
  plain,
  type RejectedOutcome,
  rejected,
} from './cell-outcome.js';
import { cleanCell, LONGEST_VALUE } from './clean-cell.js';
import { normaliseEmail } from './email.js';
import { type HashValue, isHashOfNothing, recogniseHash } from './hash-value.js';
import { isMaidWithoutDashes, normaliseMaid } from './maid.js';
import { normalisePhone } from './phone.js';
import { type NormalizationProfile, PROFILE_RULES } from './profiles.js';

const EMPTY: CellOutcome = { kind: 'empty' };

/**
 * Decides what a cell of a mapped column is: plain and hashed values are told apart one by one, so a column may mix
 * them, and a hash is never hashed again. `digest` is the kind of hash that the output takes.
 */
export function readCell(
  cell: string,
  column: IdentifierColumn,
  digest: DigestAlgorithm,
  normalization: NormalizationProfile,
): CellOutcome {
  const text = cleanCell(cell);
  if (text === '') return EMPTY;
  if (text.length > LONGEST_VALUE) return rejected(`invalid_${column.identifier}`);
  const hash = recogniseHash(text);
  if (hash !== null && !isPlainMaid(hash, column, digest)) return readHash(hash, digest);
  return normalise(text, column, normalization);
}

function readHash(hash: HashValue, digest: DigestAlgorithm): CellOutcome {
  if (isHashOfNothing(hash)) return rejected('hash_of_nothing');
  return hash.algorithm === digest && hash.encoding === 'hex'
    ? { kind: 'hashed', digest: hash.hex }
    : rejected('unsupported_hash');
}

/** In an MD5 layout 32 digits are the hash that was asked for, whatever they look like. */
function isPlainMaid(hash: HashValue, column: IdentifierColumn, digest: DigestAlgorithm): boolean {
  if (column.identifier !== 'maid' || hash.algorithm !== 'md5' || hash.encoding !== 'hex') return false;
  if (!isMaidWithoutDashes(hash.hex)) return false;
  return digest === 'sha256' || /^0+$/.test(hash.hex);
}

function normalise(
  text: string,
  column: IdentifierColumn,
  normalization: NormalizationProfile,
): PlainOutcome | RejectedOutcome {
  switch (column.identifier) {
    case 'email':
      return normaliseEmail(text, normalization);
    case 'phone':
      return spellPhone(normalisePhone(text, column.defaultCountry), normalization);
    case 'maid':
      return normaliseMaid(text);
  }
}

function spellPhone(
  phone: PlainOutcome | RejectedOutcome,
  normalization: NormalizationProfile,
): PlainOutcome | RejectedOutcome {
  if (phone.kind === 'rejected' || PROFILE_RULES[normalization].phone === 'with_plus') return phone;
  return plain(phone.canonical.slice('+'.length));
}
