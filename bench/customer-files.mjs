// Generated customer files: the same at every run.
import { closeSync, openSync, writeSync } from 'node:fs';

const FIRST = ['anna', 'ben', 'carla', 'david', 'elena', 'felix', 'grace', 'hugo', 'irene', 'jonas'];
const LAST = ['adler', 'baker', 'castro', 'dubois', 'evans', 'fischer', 'garcia', 'hansen'];
const DOMAINS = ['example.com', 'example.net', 'example.org'];

/** Numbers below `limit`, from a fixed seed. */
function numbers() {
  let state = 42;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function person(random) {
  const first = FIRST[random(FIRST.length)];
  const last = LAST[random(LAST.length)];
  const suffix = random(10) === 0 ? '+news' : '';
  const hex = (digits) =>
    random(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    name: `${last}, ${first}${random(100) === 0 ? ' "x"' : ''}${random(200) === 0 ? '\nsecond line' : ''}`,
    email: `${random(20) === 0 ? first.toUpperCase() : first}.${last}${suffix}${random(1e6)}@${DOMAINS[random(3)]}`,
    phone: `+1${201 + random(700)}55501${String(random(100)).padStart(2, '0')}`,
    maid: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(8)}${hex(4)}`,
  };
}

/** Columns that are sent, and how a row is written. One cell in 20 of several is empty. */
export const FILES = {
  email: { rows: 10_000_000, columns: ['email'], quoted: false },
  three: { rows: 5_000_000, columns: ['email', 'phone', 'maid'], quoted: false },
  quoted: { rows: 5_000_000, columns: ['name', 'email', 'phone', 'maid'], quoted: true },
};

/** Writes a file of so many rows. */
export function writeCustomerFile(path, { columns, quoted }, rows) {
  const random = numbers();
  const write = (cell) => (quoted ? `"${cell.replaceAll('"', '""')}"` : cell);
  const file = openSync(path, 'w');
  let lines = [columns.map(write).join(',')];
  for (let row = 0; row < rows; row++) {
    const customer = person(random);
    const cells = columns.map((column) =>
      columns.length > 1 && column !== 'name' && random(20) === 0 ? '' : customer[column],
    );
    lines.push(cells.map(write).join(','));
    if (lines.length === 20_000) {
      writeSync(file, `${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
  closeSync(file);
}
