export type HashAlgorithm = 'sha256' | 'md5' | 'sha1' | 'sha224' | 'sha384' | 'sha512';

export interface HashValue {
  readonly algorithm: HashAlgorithm;
  /** Base 64 is no spelling that TikTok takes. */
  readonly encoding: 'hex' | 'base64';
  /** Lower case, without `0x` and white space. */
  readonly hex: string;
}

/** Hashes are told by their length alone, so the whole text must be one: a value that merely holds a hash is not. */
const ALGORITHM_BY_LENGTH: ReadonlyMap<number, HashAlgorithm> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [56, 'sha224'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

const HEX = /^[0-9a-f]+$/i;
const HEX_PREFIX = /^0x/i;
const SPACED_HEX = /^[0-9a-f]+(?:\s+[0-9a-f]+)+$/i;
const ALL_WHITESPACE = /\s+/g;
/** Of 16 to 64 bytes. Short ones count with their padding only: without it they may be any word. */
const PADDED_BASE64 = /^(?:[\w+/-]{22}==|[\w+/-]{27}=|[\w+/-]{38}==|[\w+/-]{43}=|[\w+/-]{86}==)$/;
/** Hardly a hash lacks a capital, a small letter or a digit. `Marketing_Cloud_Connector_Last_Sync_Date__c` is a name. */
const UNPADDED_BASE64 = /^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?:[\w+/-]{43}|[\w+/-]{64}|[\w+/-]{86})$/;
const MD5_DIGITS = 32;

/** Hashes of the empty string: what uploaders make of an empty cell. They name nobody. */
const HASHES_OF_NOTHING: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'd14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
]);

/** The hash that the text is, in whatever case; null when it is none. 32 digits can also be a MAID without dashes. */
export function recogniseHash(text: string): HashValue | null {
  const hex = withoutSpaces(HEX_PREFIX.test(text) ? text.slice(2) : text);
  const algorithm = ALGORITHM_BY_LENGTH.get(hex.length);
  if (algorithm !== undefined && HEX.test(hex)) {
    return { algorithm, encoding: 'hex', hex: hex.toLowerCase() };
  }
  if (!PADDED_BASE64.test(text) && !UNPADDED_BASE64.test(text)) return null;
  const decoded = Buffer.from(text, 'base64').toString('hex');
  const packed = ALGORITHM_BY_LENGTH.get(decoded.length);
  return packed === undefined ? null : { algorithm: packed, encoding: 'base64', hex: decoded };
}

export function isHashOfNothing(hash: HashValue): boolean {
  return HASHES_OF_NOTHING.has(hash.hex);
}

/** Digits in groups, as some tools print a hash. 32 of them are left as they are: a MAID is written in groups too. */
function withoutSpaces(text: string): string {
  if (!SPACED_HEX.test(text)) return text;
  const digits = text.replace(ALL_WHITESPACE, '');
  return digits.length > MD5_DIGITS ? digits : text;
}
