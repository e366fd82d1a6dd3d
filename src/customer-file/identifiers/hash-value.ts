export type HashAlgorithm = 'sha256' | 'md5' | 'sha1' | 'sha512';

export interface HashValue {
  readonly algorithm: HashAlgorithm;
  /** Lower case, without `0x`. */
  readonly hex: string;
}

/** Hashes are told by their length alone, so the whole text must be one: a value that merely holds a hash is not. */
const ALGORITHM_BY_LENGTH: ReadonlyMap<number, HashAlgorithm> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);

const HEX = /^[0-9a-f]+$/i;
const HEX_PREFIX = /^0x/i;

/** Hashes of the empty string: what uploaders make of an empty cell. They name nobody. */
const HASHES_OF_NOTHING: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
]);

/** The hash that the text is, in whatever case; null when it is none. 32 digits can also be a MAID without dashes. */
export function recogniseHash(text: string): HashValue | null {
  const hex = HEX_PREFIX.test(text) ? text.slice(2) : text;
  const algorithm = ALGORITHM_BY_LENGTH.get(hex.length);
  if (algorithm === undefined || !HEX.test(hex)) return null;
  return { algorithm, hex: hex.toLowerCase() };
}

export function isHashOfNothing(hash: HashValue): boolean {
  return HASHES_OF_NOTHING.has(hash.hex);
}
