import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Chance, chanceOf } from './chance.js';
import { type Checked, checkFile } from './check-file.js';
import { Finding } from './finding.js';
import { randomUpload } from './random-upload.js';

const USAGE = `npm run fuzz -- [--minutes N] [--seed S] [--case N] [--keep FOLDER]

Takes random and damaged customer files through the engine until the minutes (3) are over, and compares every step with
a second way to the same result. --case runs one case of a seed again. Files of findings are kept in FOLDER (fuzz-findings, where
temporary files lie).
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    case: { type: 'string' },
    keep: { type: 'string', default: join(tmpdir(), 'fuzz-findings') },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (values.help || !Number.isInteger(seed) || !(minutes > 0)) {
  say(USAGE);
  process.exit(values.help ? 0 : 2);
}

const results = new Map<string, number>();
const reasons = new Map<string, number>();
let rows = 0;
let findings = 0;

function count(checked: Checked): void {
  results.set(checked.result, (results.get(checked.result) ?? 0) + 1);
  for (const reason of checked.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  rows += checked.rows;
}

async function runCase(number: number): Promise<void> {
  const chance = chanceOf(seed, number);
  const upload = randomUpload(chance);
  try {
    count(await checkFile(new Chance(chance.below(2 ** 32)), upload));
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    findings++;
    mkdirSync(values.keep, { recursive: true });
    const path = join(values.keep, `${seed}-${number}`);
    writeFileSync(path, upload);
    say(`seed ${seed}, case ${number}: ${error.message}\n  ${upload.length} bytes, kept as ${path}`);
    say(`  again: npm run fuzz -- --seed ${seed} --case ${number}`);
  }
}

const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');

if (values.case !== undefined) {
  await runCase(Number(values.case));
} else {
  say(`seed ${seed}, ${minutes} minutes`);
  const end = Date.now() + minutes * 60_000;
  let cases = 0;
  for (; Date.now() < end && findings < 20; cases++) await runCase(cases);
  say(`${cases} files with ${rows} rows; findings: ${findings}`);
}
say(`came to: ${table(results)}`);
say(`reasons of rejected cells, by files: ${table(reasons)}`);
process.exitCode = findings === 0 ? 0 : 1;
