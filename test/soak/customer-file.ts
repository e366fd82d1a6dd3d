import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { zipArchive } from '../customer-file/zip-archive.js';
import type { Random } from './random.js';

/** A generated customer file, with what must become of it, known without the product. */
export interface GeneratedFile {
  readonly description: string;
  readonly bytes: Uint8Array;
  /** What must stand in the audience: `email:` or `phone:` or `maid:` and the SHA-256 of the canonical value. */
  readonly members: ReadonlySet<string>;
  readonly rows: { sent: number; rejected: number; excluded: number; blank: number };
  readonly include: readonly { column: string; values: string[] }[];
}

type Shape = 'emails' | 'three' | 'hashed';
const PACKINGS = ['plain', 'plain', 'plain', 'gzip', 'zip', 'utf-16'] as const;

export const KNOWN_PEOPLE = 20_000;
const FIRST_NAMES =
  'anna ben carla david elena felix grace hugo irene jonas karin leo maria nils olga paul rosa samuel tessa victor'.split(
    ' ',
  );
const LAST_NAMES =
  'adler baker castro dubois evans fischer garcia hansen ivanov jensen kowalski lopez moreau novak olsen petrov quinn rossi schmidt tanaka'.split(
    ' ',
  );

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Rows of people from `first` on. What a cell stands for is decided first, and then written in one of the spellings that
 * mean it, so that the expectation does not come from rules like the product's.
 */
export function generateFile(
  random: Random,
  { rows, firstPerson, shape }: { rows: number; firstPerson: number; shape: Shape },
): GeneratedFile {
  const delimiter = random.pick([',', ';', '\t']);
  const lineEnd = random.pick(['\n', '\r\n']);
  const quoted = random.chance(0.3);
  const consent = random.chance(0.3);
  const packing = random.pick(PACKINGS);
  const members = new Set<string>();
  const counts = { sent: 0, rejected: 0, excluded: 0, blank: 0 };
  const write = (cell: string) => (quoted ? `"${cell.replaceAll('"', '""')}"` : cell);

  const header = {
    emails: ['email'],
    three: ['name', 'email', 'phone', 'idfa'],
    hashed: ['email_sha256'],
  }[shape];
  const lines = [[...header, ...(consent ? ['opt_in'] : [])].map(write).join(delimiter)];
  for (let row = 0; row < rows; row++) {
    if (row > 0 && random.chance(0.002) && (shape === 'three' || consent)) {
      lines.push('');
      counts.blank++;
      continue;
    }
    const person = (firstPerson + row) % KNOWN_PEOPLE;
    const bad = row > 50 && random.chance(0.02);
    const { cells, means } = bad ? badRow(shape, person) : goodRow(random, shape, person);
    const agreed = !consent || random.chance(0.8);
    lines.push(
      [...cells, ...(consent ? [agreed ? random.pick(['yes', 'Yes', ' YES ']) : 'no'] : [])]
        .map(write)
        .join(delimiter),
    );
    if (!agreed) counts.excluded++;
    else if (bad) counts.rejected++;
    else {
      counts.sent++;
      for (const member of means) members.add(member);
    }
  }
  const text = `${lines.join(lineEnd)}${lineEnd}`;
  return {
    description: `${rows} rows, ${shape}${quoted ? ', quoted' : ''}${consent ? ', consent' : ''}, ${packing}`,
    bytes: pack(text, packing),
    members,
    rows: counts,
    include: consent ? [{ column: 'opt_in', values: ['yes'] }] : [],
  };
}

function goodRow(random: Random, shape: Shape, person: number): { cells: string[]; means: string[] } {
  const { mailbox, domain } = addressOf(person);
  const email = `${mailbox}@${domain}`;
  const spelt = random.pick([
    email,
    email.toUpperCase(),
    ` ${email}`,
    `${mailbox.slice(0, 2)}.${mailbox.slice(2)}@${domain}`,
    `${mailbox}+news@${domain}`,
  ]);
  switch (shape) {
    case 'emails':
      return { cells: [spelt], means: [`email:${sha256(email)}`] };
    case 'hashed':
      return {
        cells: [random.pick([sha256(email), sha256(email).toUpperCase()])],
        means: [`email:${sha256(email)}`],
      };
    case 'three': {
      const phone = `+1${201 + (Math.floor(person / 100) % 700)}55501${String(person % 100).padStart(2, '0')}`;
      const maid = `${person.toString(16).padStart(8, '0')}-5a4d-4b1e-9c3f-0123456789ab`;
      const has = { phone: random.chance(0.9), maid: random.chance(0.9) };
      return {
        cells: [
          `Person, ${person}`.replace(', ', ' '),
          spelt,
          has.phone ? phone : '',
          has.maid ? random.pick([maid, maid.toUpperCase()]) : '',
        ],
        means: [
          `email:${sha256(email)}`,
          ...(has.phone ? [`phone:${sha256(phone)}`] : []),
          ...(has.maid ? [`maid:${sha256(maid)}`] : []),
        ],
      };
    }
  }
}

/** Person 0 to 19,999 of those whom the sandbox's TikTok knows, under the address of the rule `brief-2024`. */
function addressOf(person: number): { mailbox: string; domain: string } {
  const first = FIRST_NAMES[person % 20] ?? '';
  const last = LAST_NAMES[Math.floor(person / 20) % 20] ?? '';
  const domain = `example.${['com', 'org', 'net'][person % 3]}`;
  return { mailbox: `${first}${last}${Math.floor(person / 400)}`, domain };
}

function badRow(shape: Shape, person: number): { cells: string[]; means: string[] } {
  const nothing = `no address ${person}`;
  return { cells: shape === 'three' ? ['A name', nothing, '', ''] : [nothing], means: [] };
}

function pack(text: string, packing: (typeof PACKINGS)[number]): Uint8Array {
  switch (packing) {
    case 'plain':
      return Buffer.from(text);
    case 'gzip':
      return gzipSync(text);
    case 'zip':
      return zipArchive([{ name: 'customers.csv', content: Buffer.from(text) }]);
    case 'utf-16':
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  }
}
