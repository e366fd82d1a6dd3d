import type { Chance } from './chance.js';
import { type CellKind, randomCell } from './random-cells.js';

const HEADERS: Readonly<Record<CellKind, readonly [string, ...string[]]>> = {
  email: [
    'Email',
    'email',
    'E-Mail-Adresse',
    'email_sha256',
    'Customer Email',
    'メールアドレス',
    'anna@example.com',
  ],
  phone: ['Phone', 'Telefon', 'phone_sha256', 'Mobile (private)', '電話番号', '+12015550100'],
  maid: ['MAID', 'IDFA', 'maid_md5', 'Device', 'gaid'],
  consent: ['Accepts Email Marketing', 'opt_in', 'Newsletter', 'Consent'],
  text: ['Name', 'City', 'Note', '', 'ID', 'two\nlines', 'a "b"'],
  any: ['Email', 'x', '', 'Phone', 'Column'],
};
const KINDS = ['email', 'email', 'phone', 'maid', 'consent', 'text', 'any'] as const;

/** The text of a file as one of many programs may have written it, well or badly. */
export function randomText(chance: Chance): string {
  const kinds = chance.list(chance.pick([1, 1, 2, 3, 4, 5, 8]), () => chance.pick(KINDS));
  const delimiter = chance.pick([',', ',', ',', ';', '\t', '|']);
  const quoting = chance.pick(['needed', 'needed', 'always', 'never', 'mixed'] as const);
  const lineEnd = chance.pick(['\n', '\n', '\r\n', '\r', 'mixed']);
  const record = (cells: readonly string[]): string => {
    const end = lineEnd === 'mixed' ? chance.pick(['\n', '\r\n', '\r', '\n\r']) : lineEnd;
    return cells.map((cell) => quoted(chance, cell, delimiter, quoting)).join(delimiter) + end;
  };

  const lines: string[] = [];
  if (chance.once(12)) lines.push(`sep=${delimiter}\r\n`);
  if (chance.once(10)) lines.push(chance.pick(['\n', '  \n', ',,,\n', '\r\n\r\n']));
  if (!chance.once(3)) lines.push(record(kinds.map((kind) => chance.pick(HEADERS[kind]))));
  for (let row = rowCount(chance); row > 0; row--) {
    if (chance.once(15)) lines.push(chance.pick(['\n', ' \n', '\r\n', `${delimiter}\n`, '""\n', '\t\r']));
    const cells = kinds.map((kind) => randomCell(chance, kind));
    if (chance.once(20)) cells.length = chance.below(cells.length + 1);
    if (chance.once(20)) cells.push(...chance.list(chance.below(4), () => randomCell(chance, 'any')));
    lines.push(record(cells));
  }
  if (chance.once(60)) lines.push(chance.pick(['\0', '\x01', '\x1a', '\x7f']));
  const text = lines.join('');
  return chance.once(3) ? text.replace(/[\r\n]+$/, '') : text;
}

function rowCount(chance: Chance): number {
  if (chance.once(20)) return chance.between(150, 400);
  return chance.once(3) ? chance.below(4) : chance.below(50);
}

function quoted(
  chance: Chance,
  cell: string,
  delimiter: string,
  quoting: 'needed' | 'always' | 'never' | 'mixed',
): string {
  if (quoting === 'never') return cell;
  if (quoting === 'mixed' && chance.once(10))
    return chance.pick([`"${cell}"`, ` "${cell}"`, `"${cell}"x`, `"${cell}`]);
  const needs = cell.includes(delimiter) || /["\r\n]/.test(cell);
  if (!needs && (quoting === 'needed' || (quoting === 'mixed' && chance.once(2)))) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}

/** The text as the bytes of a file. */
export function encoded(chance: Chance, text: string): Buffer {
  switch (chance.below(14)) {
    case 0:
      return Buffer.from(text, 'latin1');
    case 1:
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 2:
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 3:
      return Buffer.from(text, 'utf16le');
    case 4:
      return Buffer.from(`\ufeff${text}`);
    default:
      return Buffer.from(text);
  }
}

/** A file with cells and records near the limits: of the window, of the sample, of a record. */
export function largeFile(chance: Chance): Buffer {
  const length = chance.pick([60_000, 262_144, 262_100, 600_000, 1_048_500, 1_048_576, 1_048_577, 1_400_000]);
  const cell = chance
    .pick(['x', '"', '""', 'é', ',', ' ', 'a@', '\n'])
    .repeat(length)
    .slice(0, length + chance.below(80));
  const row = chance.pick([
    `${cell},x`,
    `"${cell}",x`,
    `anna@example.com,${cell}`,
    `anna@example.com,"${cell}"`,
  ]);
  const usual = chance.list(chance.below(9_000), (n) => `p.${n}@example.com,${n}`).join('\n');
  return Buffer.from(chance.shuffled(['Email,Note', usual, row, usual]).join('\n'));
}
