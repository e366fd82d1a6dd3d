import { hash } from 'node:crypto';
import type { Chance } from './chance.js';

export type CellKind = 'email' | 'phone' | 'maid' | 'consent' | 'text' | 'any';

/** What breaks parsers and rules: put between, before and behind the characters of a value. */
const ODD = [
  '"',
  '""',
  "'",
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '  ',
  '\u00a0',
  '\u200b',
  '\u200e',
  '\ufeff',
  '\u00ad',
  '\u0080',
  'é',
  'ß',
  'İ',
  'ı',
  'ſ',
  '\u212a',
  '\ufffd',
  '＠',
  '＋',
  '１',
  '٣',
  '東',
  '\u{1f600}',
  '\ud800',
  '@',
  '+',
  '.',
  '..',
  '-',
  '_',
  '(',
  ')',
  '(0)',
  '<',
  '>',
  '=',
  '/',
  '\\',
  '0x',
  'mailto:',
  'tel:',
  '%',
  '#',
  '*',
  '0',
  'e',
  'E+',
  '\u2028',
  '\u0301',
  '\u202e',
  '\u3000',
] as const;

export function randomCell(chance: Chance, kind: CellKind): string {
  const value = wrapped(chance, plainly(chance, kind));
  if (!chance.once(6)) return value;
  const at = chance.below(value.length + 1);
  return value.slice(0, at) + chance.pick(ODD) + value.slice(chance.once(3) ? at + 1 : at);
}

function plainly(chance: Chance, kind: CellKind): string {
  if (chance.once(12)) return '';
  if (chance.once(15)) return anyValue(chance);
  switch (kind) {
    case 'email':
      return chance.once(6) ? anyHash(chance, email(chance)) : email(chance);
    case 'phone':
      return chance.once(6) ? anyHash(chance, phone(chance)) : phone(chance);
    case 'maid':
      return chance.once(4) ? anyHash(chance, maid(chance)) : maid(chance);
    case 'consent':
      return chance.pick([
        'yes',
        'no',
        'YES',
        ' Yes ',
        'true',
        'false',
        'sí',
        'SÍ',
        '1',
        '0',
        '\u212a',
        'ja',
      ]);
    case 'text':
      return chance.pick([
        'Anna',
        'Oslo',
        'a, b',
        'say "hi"',
        'two\nlines',
        '12',
        '2024-01-31',
        'x'.repeat(70),
      ]);
    case 'any':
      return anyValue(chance);
  }
}

function anyValue(chance: Chance): string {
  switch (chance.below(8)) {
    case 0:
      return email(chance);
    case 1:
      return phone(chance);
    case 2:
      return maid(chance);
    case 3:
      return anyHash(chance, String(chance.below(50)));
    case 4:
      return chance.list(chance.below(8), () => chance.pick(ODD)).join('');
    case 5:
      return readable(chance.bytes(chance.below(12)).toString('latin1'));
    case 6:
      return anyLong(chance);
    default:
      return String.fromCodePoint(...chance.list(chance.below(6), () => chance.below(0xd7ff)));
  }
}

/** Around the length from which on a cell is no value. */
function anyLong(chance: Chance): string {
  const run = chance.pick([' ', 'x', '@', ', ', '1', '\u00a0', 'a ']).repeat(chance.between(4_070, 4_110));
  return (
    chance.pick(['', '<', 'mailto:', 'x:', '+', '"']) + run + chance.pick(['', email(chance), phone(chance)])
  );
}

/** A single control character can make a whole file no text at all; few files shall have one. */
const readable = (text: string): string => text.replace(/[^\x20-\uffff]/g, '~');

function email(chance: Chance): string {
  const name = chance.pick(['anna', 'B.e.N', 'x', 'é', 'a_b', '-dash', '.dot.', "o'neil", '"q q"', 'ŞÜ', '']);
  const number = chance.below(1_000);
  // Around the 55 bytes that the batch kernel takes, and the block limits of SHA-256.
  const padding = chance.once(5) ? 'p'.repeat(chance.below(130)) : '';
  const suffix = chance.once(4) ? chance.pick(['+', '+news', '+a+b', '+.', '+é', '+@']) : '';
  const domain = chance.pick([
    'example.com',
    'EXAMPLE.org',
    'example.net',
    'mail.example.com',
    'köln.example',
    '例え.example',
    'example.com.',
    'exa mple.com',
    '[127.0.0.1]',
    'e.c',
    '',
    'xn--kln-sna.example',
    'a..b',
  ]);
  const address = `${name}${number}${padding}${suffix}@${domain}`;
  switch (chance.below(14)) {
    case 0:
      return `Anna Adler <${address}>`;
    case 1:
      return `mailto:${address}`;
    case 2:
      return `${address}${chance.pick([', ', ';', ' ', '/', '\n'])}other@example.org`;
    case 3:
      return address.replaceAll('@', chance.pick(['＠', '', '@@', ' @ ', ' at ']));
    default:
      return chance.once(4) ? address.toUpperCase() : address;
  }
}

function phone(chance: Chance): string {
  const prefix = chance.pick(['+', '+', '00', '', '0', '+ ', '(', 'tel:+', '+0', '++', '001', '=+', '＋']);
  const code = chance.pick(['1', '49', '44', '39', '7', '33', '351', '999', '', '0']);
  const gap = chance.pick(['', ' ', '-', '.', '/', ' (', ') ', '(0)', '\u2011', '\u00a0', ' x']);
  const area = chance.pick(['201', '7700', '0201', '900', '']);
  const rest = chance.pick(['555', '55501', '900', '']) + String(chance.below(10 ** chance.below(9)));
  const number = `${prefix}${code}${gap}${area}${gap}${rest}`;
  switch (chance.below(14)) {
    case 0:
      return `${number} ext ${chance.below(99)}`;
    case 1:
      return `${number}${chance.pick([' / ', ',', ';', ' or ', '\n'])}${number}`;
    case 2:
      return `4.9${chance.below(9_999)}E+1${chance.below(5)}`;
    case 3:
      return `${code}${area}${rest}${chance.pick(['.0', '.00', ',00', '.000', '.50', '.5'])}`;
    case 4:
      return [...number]
        .map((digit) => (/[0-9]/.test(digit) ? String.fromCodePoint(0xff10 + Number(digit)) : digit))
        .join('');
    case 5:
      return (
        String(chance.below(1_000)) +
        chance.pick([' 201 555 010', '.201.555.010', ',201,555,010']) +
        chance.pick(['.00', ',00', '.5', ''])
      );
    default:
      return number;
  }
}

function maid(chance: Chance): string {
  const hex = hash('md5', String(chance.below(500)), 'hex');
  const digits = chance.pick([
    hex,
    hex,
    `00000000${hex.slice(8)}`,
    '0'.repeat(32),
    `${hex.slice(0, 12)}4${hex.slice(13, 16)}a${hex.slice(17)}`,
  ]);
  const dashed = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, `$1-$2-$3-$4-`);
  const written = chance.pick([
    dashed,
    dashed,
    dashed,
    digits,
    `{${dashed}}`,
    dashed.replaceAll('-', '_'),
    dashed.replaceAll('-', ' '),
    `${dashed} ${dashed}`,
    dashed.slice(chance.below(36)),
    `idfa:${dashed}`,
  ]);
  return chance.once(2) ? written.toUpperCase() : written;
}

function anyHash(chance: Chance, of: string): string {
  const algorithm = chance.pick(['sha256', 'sha256', 'sha256', 'md5', 'sha1', 'sha512']);
  const text = chance.once(12) ? '' : of;
  const hex = hash(algorithm, text, 'hex');
  switch (chance.below(10)) {
    case 0:
      return `0x${hex}`;
    case 1:
      return hex.replace(/(.{8})/g, '$1 ');
    case 2:
      return hash(algorithm, text, 'base64');
    case 3:
      return hex.slice(0, chance.below(hex.length));
    case 4:
      return `${hex}@example.com`;
    default:
      return chance.once(3) ? hex.toUpperCase() : hex;
  }
}

function wrapped(chance: Chance, value: string): string {
  switch (chance.below(24)) {
    case 0:
      return ` ${value} `;
    case 1:
      return `'${value}`;
    case 2:
      return `="${value}"`;
    case 3:
      return `“${value}”`;
    case 4:
      return `\u200b${value}\ufeff`;
    case 5:
      return `"${value}"`;
    case 6:
      return `\t${value}\u00a0`;
    default:
      return value;
  }
}
