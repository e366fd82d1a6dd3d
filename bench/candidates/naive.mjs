// What is usually written: objects from csv-parse, one hash object a value. One thread.
//   node naive.mjs INPUT OUTPUT_FOLDER
import { createHash } from 'node:crypto';
import { createReadStream, openSync, writeSync } from 'node:fs';
import { parse } from 'csv-parse';
import { reportUsage } from '../report-usage.mjs';

const HASH = /^[0-9a-f]{64}$/i;

const RULES = {
  email: (value) => {
    const [local, domain] = value.toLowerCase().split('@');
    return domain === undefined ? undefined : `${local.split('+')[0].replaceAll('.', '')}@${domain}`;
  },
  phone: (value) => `+${value.replace(/\D/g, '').replace(/^00/, '')}`,
  maid: (value) => value.toLowerCase(),
};

function digest(column, cell) {
  const value = cell.trim();
  if (value === '') return '';
  if (HASH.test(value)) return value.toLowerCase();
  const canonical = RULES[column](value);
  return canonical === undefined ? '' : createHash('sha256').update(canonical).digest('hex');
}

const [input, folder] = process.argv.slice(2);
const output = openSync(`${folder}/part-0.csv`, 'w');
let lines = [];
for await (const row of createReadStream(input).pipe(parse({ columns: true }))) {
  const cells = Object.keys(RULES)
    .filter((column) => column in row)
    .map((column) => digest(column, row[column]));
  if (cells.every((cell) => cell === '')) continue;
  lines.push(`${cells.join(',')}\n`);
  if (lines.length === 10_000) {
    writeSync(output, lines.join(''));
    lines = [];
  }
}
writeSync(output, lines.join(''));
reportUsage();
