// Generated customer files: the same at every run. All identifiers are plain spellings that the engine, SQL and C read alike.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const FIRST = ['anna', 'ben', 'carla', 'david', 'elena', 'felix', 'grace', 'hugo', 'irene', 'jonas'];
const LAST = ['adler', 'baker', 'castro', 'dubois', 'evans', 'fischer', 'garcia', 'hansen'];
const DOMAINS = ['example.com', 'example.net', 'example.org'];
const CITIES = ['Berlin', 'Zürich', 'Paris', 'São Paulo', 'Springfield', 'New York, NY'];
const NO_ADDRESS = ['n/a', 'none', 'unknown', '-', 'anna.adler', 'jonas.hansen at example.com'];

/** Numbers below `limit`, from a fixed seed. */
function numbers() {
  let state = 42;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** One in 20 in capitals, one in 10 with a suffix, one in 100 with spaces around. */
function email(random) {
  const first = FIRST[random(FIRST.length)];
  const local = `${first}.${LAST[random(LAST.length)]}${random(1e6)}${random(10) === 0 ? '+news' : ''}`;
  const address = `${local}@${DOMAINS[random(DOMAINS.length)]}`;
  const written = random(20) === 0 ? address.toUpperCase() : address;
  return random(100) === 0 ? ` ${written} ` : written;
}

/** With a country code; half of them as a computer writes it, half as people do. */
function phone(random) {
  const area = 201 + random(700);
  const line = `01${String(random(100)).padStart(2, '0')}`;
  switch (random(10)) {
    case 0:
      return `001 ${area} 555 ${line}`;
    case 1:
    case 2:
      return `+1 (${area}) 555-${line}`;
    case 3:
    case 4:
      return `+1-${area}-555-${line}`;
    default:
      return `+1${area}555${line}`;
  }
}

/** Apple writes them in capitals, Google does not. */
function maid(random) {
  const hex = (digits) =>
    random(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const id = `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(8)}${hex(4)}`;
  return random(2) === 0 ? id.toUpperCase() : id;
}

function name(random) {
  const last = LAST[random(LAST.length)];
  return `${last}, ${FIRST[random(FIRST.length)]}${random(100) === 0 ? ' "x"' : ''}${random(200) === 0 ? '\nsecond line' : ''}`;
}

function hashed(random, value) {
  const digest = createHash('sha256').update(value).digest('hex');
  return random(4) === 0 ? digest.toUpperCase() : digest;
}

const quote = (cell) => `"${cell.replaceAll('"', '""')}"`;
const quoteWhereNeeded = (cell) => (/[",\n]/.test(cell) ? quote(cell) : cell);
/** One cell in 20 of the files with several identifiers. */
const orEmpty = (random, cell) => (random(20) === 0 ? '' : cell);

/**
 * `identifiers`: the columns that are sent, in the order of `columns`. `row` makes the cells of one row. `refusesWithoutAt`:
 * some e-mail cells are no addresses and their rows must not be sent; elsewhere nobody needs to look.
 * `mixesHashes`: some cells are SHA-256 already and pass in lower case.
 */
export const FILES = {
  email: {
    what: 'one column of e-mails',
    rows: 10_000_000,
    columns: ['email'],
    identifiers: ['email'],
    row: (random) => [email(random)],
  },
  three: {
    what: 'e-mail, phone, MAID; 5 % of the cells empty',
    rows: 5_000_000,
    columns: ['email', 'phone', 'maid'],
    identifiers: ['email', 'phone', 'maid'],
    row: (random) => [
      orEmpty(random, email(random)),
      orEmpty(random, phone(random)),
      orEmpty(random, maid(random)),
    ],
  },
  quoted: {
    what: 'name, e-mail, phone, MAID, all quoted; names with commas, some with quotes and line breaks',
    rows: 5_000_000,
    columns: ['name', 'email', 'phone', 'maid'],
    identifiers: ['email', 'phone', 'maid'],
    write: quote,
    row: (random) => [
      name(random),
      orEmpty(random, email(random)),
      orEmpty(random, phone(random)),
      orEmpty(random, maid(random)),
    ],
  },
  mixed: {
    what: 'e-mail and phone; half of the e-mails and a tenth of the phones hashed before',
    rows: 5_000_000,
    columns: ['email', 'phone'],
    identifiers: ['email', 'phone'],
    mixesHashes: true,
    row: (random) => [
      random(2) === 0 ? hashed(random, email(random)) : email(random),
      random(10) === 0 ? hashed(random, phone(random)) : phone(random),
    ],
  },
  messy: {
    what: 'name, e-mail, city; CRLF, some cells quoted, letters beyond ASCII, 2 % of the e-mails no addresses',
    rows: 5_000_000,
    columns: ['name', 'email', 'city'],
    identifiers: ['email'],
    refusesWithoutAt: true,
    lineEnd: '\r\n',
    row: (random) => [
      name(random),
      random(50) === 0 ? NO_ADDRESS[random(NO_ADDRESS.length)] : email(random),
      CITIES[random(CITIES.length)],
    ],
  },
};

/** Writes a file of so many rows. */
export function writeCustomerFile(path, { columns, row, write = quoteWhereNeeded, lineEnd = '\n' }, rows) {
  const random = numbers();
  const file = openSync(path, 'w');
  let lines = [columns.map(write).join(',')];
  for (let made = 0; made < rows; made++) {
    lines.push(row(random).map(write).join(','));
    if (lines.length === 20_000) {
      writeSync(file, lines.join(lineEnd) + lineEnd);
      lines = [];
    }
  }
  if (lines.length > 0) writeSync(file, lines.join(lineEnd) + lineEnd);
  closeSync(file);
}
