import { expect, it } from 'vitest';
import type { RequestedColumns } from '../../src/customer-file/choose-columns.js';
import { countReasons, likelyCause } from '../../src/customer-file/explain-rejections.js';
import { inspectFile } from '../../src/customer-file/inspect-file.js';
import { sumLedgers } from '../../src/customer-file/ledger.js';
import { sha256 } from './brief-oracle.js';
import { activate, localUpload, planFor } from './local-upload.js';

const NAMES = ['Anna Adler', 'Ben Baker', 'Carla Castro', 'David Dubois', 'Elena Evans'];

/** Forty rows of a file, each made of its number, with these columns mapped. */
async function explained(header: string, row: (n: number) => string, columns: RequestedColumns) {
  const content = `${header}\n${Array.from({ length: 40 }, (_, n) => row(n)).join('\n')}\n`;
  const bytes = await localUpload(content);
  const inspection = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
  const plan = await planFor(bytes, { columns });
  const ledger = sumLedgers((await activate(content, { columns })).map((part) => part.ledger));
  return { counts: countReasons(ledger), cause: likelyCause({ ledger, columns: plan.columns, inspection }) };
}

const name = (n: number) => NAMES[n % NAMES.length] ?? '';
const address = (n: number) => `p${n}@example.com`;

it.each<[string, string, (n: number) => string, RequestedColumns, RegExp, RegExp]>([
  [
    'names instead of e-mail addresses, with the column that has them',
    'Id,Contact,Name,Mailbox',
    (n) => `${n},x,${name(n)},${address(n)}`,
    { Name: 'email' },
    /^Counted: 40 of 40 e-mail cells: no @ sign\.$/,
    /^Column 3 does not look like e-mail addresses: 40 of 40 cells hold no @\. Column 4 seems to hold e-mail addresses: map that one\.$/,
  ],
  [
    'MD5 where TikTok takes SHA-256 only',
    'Name,Email',
    (n) => `${name(n)},${sha256(address(n)).slice(0, 32)}`,
    { Email: 'email' },
    /40 of 40 e-mail cells: a hash that is not taken/,
    /^Column 2 is hashed with MD5 \(40 of 40 cells\), and TikTok takes only SHA-256 for it\./,
  ],
  [
    'another hash',
    'Email',
    (n) => sha256(address(n)).slice(0, 40),
    { Email: 'email' },
    /a hash that is not taken/,
    /^Column 1 is hashed in another way/,
  ],
  [
    'phone numbers without country code',
    'Email,Phone',
    (n) => `,0151 ${2_000_000 + n}`,
    { Phone: 'phone', Email: 'email' },
    /40 of 40 phone cells: no country code/,
    /^The phone numbers in column 2 have no country code: choose a default country for it\.$/,
  ],
  [
    'phone numbers that a spreadsheet shortened',
    'Phone',
    (n) => `4.91${n}E+11`,
    { Phone: 'phone' },
    /shortened by a spreadsheet/,
    /^A spreadsheet shortened the phone numbers in column 1/,
  ],
  [
    'several values in a cell',
    'Email',
    (n) => `"${address(n)}, ${address(n + 1)}"`,
    { Email: 'email' },
    /several values/,
    /^Column 1 holds several values in one cell/,
  ],
  [
    'a file whose rows are shifted',
    'Name,City,Email',
    (n) => (n % 4 === 0 ? `${name(n)},Oslo,${address(n)}` : `${address(n)},Oslo`),
    { Email: 'email' },
    /30 of 40 e-mail cells: empty/,
    /^The file seems shifted: 30 of 40 rows looked at have fewer or more cells than the others/,
  ],
  [
    'a column that is mostly empty',
    'Name,Email,Other',
    (n) => `${name(n)},${n % 10 === 0 ? address(n) : ''},${address(n)}`,
    { Email: 'email' },
    /36 of 40 e-mail cells: empty/,
    /^Column 2 is empty in 36 of 40 rows\./,
  ],
  [
    'ids of people who declined tracking',
    'MAID',
    () => '00000000-0000-0000-0000-000000000000',
    { MAID: 'maid' },
    /40 of 40 mobile advertising id cells: all zeros/,
    /declined tracking/,
  ],
  [
    'hashes of nothing',
    'Email',
    () => sha256(''),
    { Email: 'email' },
    /the hash of an empty text/,
    /empty cells were hashed/,
  ],
  [
    'something else than ids, in two columns',
    'MAID,IDFA',
    (n) => `${name(n)},${name(n + 1)}`,
    { MAID: 'maid', IDFA: 'maid' },
    /80 of 80 mobile advertising id cells: not a mobile advertising id/,
    /^What is mapped to mobile advertising ids does not look like mobile advertising ids/,
  ],
])('names the cause: %s', async (_, header, row, columns, counts, cause) => {
  const said = await explained(header, row, columns);
  expect(said.counts).toMatch(counts);
  expect(said.cause).toMatch(cause);
});

it('names no cause where none stands out, and none beside a column that is merely empty', async () => {
  const mixed = [
    'Anna',
    'a@b@example.com',
    address(1),
    address(2),
    '"a@example.com b@example.com"',
    address(3),
  ];
  const unclear = await explained('Email', (n) => mixed[n % mixed.length] ?? '', { Email: 'email' });
  expect(unclear.cause).toBeNull();
  const beside = await explained('Email,Phone', (n) => `${name(n)},`, { Email: 'email', Phone: 'phone' });
  expect(beside.cause).toMatch(/^Column 1 does not look like e-mail addresses/);
});

it('repeats no value of the file', async () => {
  const said = await explained('Name,Email', (n) => `${name(n)},${name(n)}`, { Email: 'email' });
  for (const value of NAMES.flatMap((text) => text.split(' '))) {
    expect(`${said.counts}${said.cause}`).not.toContain(value);
  }
});
