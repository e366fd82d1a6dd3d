// How fast customer files are split and prepared, beside the usual pipeline of csv-parse and createHash:
//   npm run bench -- [share of the full files] [folder]
// The folder takes the files (2 GB for whole ones) and is best in memory. Times count only when the outputs agree.
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { chooseColumns } from '../dist/customer-file/choose-columns.js';
import { chooseLayout } from '../dist/customer-file/choose-layout.js';
import { inspectFile } from '../dist/customer-file/inspect-file.js';
import { columnForms } from '../dist/customer-file/inspection.js';
import { ENGINE_VERSION } from '../dist/customer-file/plan.js';
import { preparePartInThread, splitUploadInThread } from '../dist/customer-file/run-in-thread.js';
import { FILES, writeCustomerFile } from './customer-files.mjs';

const THREADS = 2;
const share = Number(process.argv[2] ?? 1);
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'bench-'));
const say = (text) => process.stdout.write(`${text}\n`);

async function planFor(bytes) {
  const inspection = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
  const columns = chooseColumns(inspection, undefined);
  return {
    engine: ENGINE_VERSION,
    dialect: inspection.dialect,
    columns,
    normalization: 'brief-2024',
    layout: chooseLayout(columns, columnForms(inspection, columns), null),
    include: [],
    partBytes: 50_000_000,
  };
}

function local(path) {
  return { path, position: 0, firstByte: 0, length: statSync(path).size };
}

async function seconds(work) {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

/** All parts of a file on some threads; paths in order. */
async function prepareAll(bytes, plan, split) {
  const paths = split.parts.map((part) => `${bytes.path}.part-${part.index}`);
  const waiting = [...split.parts];
  const lane = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const rejectedPath = `${paths[part.index]}.rejected`;
      await preparePartInThread({ source: bytes, plan, part, outputPath: paths[part.index], rejectedPath });
    }
  };
  await Promise.all(Array.from({ length: THREADS }, lane));
  return paths;
}

/** The rows of parts, without headers, as one digest. */
function digestOfRows(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = readFileSync(path);
    hash.update(bytes.subarray(bytes.includes('email_SHA256') ? bytes.indexOf(10) + 1 : 0));
  }
  return hash.digest('hex');
}

const RULES = {
  email: (value) => {
    const [mailbox, domain] = value.toLowerCase().split('@');
    return `${mailbox.split('+')[0].replaceAll('.', '')}@${domain}`;
  },
  phone: (value) => value,
  maid: (value) => value.toLowerCase(),
};

/** What is usually written: objects from csv-parse, one hash object a value. */
async function usualPipeline(path, outputPath) {
  const output = openSync(outputPath, 'w');
  let lines = [];
  for await (const row of createReadStream(path).pipe(parse({ columns: true }))) {
    const cells = Object.entries(RULES)
      .filter(([column]) => column in row)
      .map(([column, rule]) =>
        row[column] === '' ? '' : createHash('sha256').update(rule(row[column].trim())).digest('hex'),
      );
    if (cells.every((cell) => cell === '')) continue;
    lines.push(cells.join(','));
    if (lines.length === 10_000) {
      writeSync(output, `${lines.join('\n')}\n`);
      lines = [];
    }
  }
  writeSync(output, lines.map((line) => `${line}\n`).join(''));
}

try {
  for (const [name, file] of Object.entries(FILES)) {
    const rows = Math.round(file.rows * share);
    const path = join(folder, `${name}.csv`);
    const smallPath = join(folder, `${name}-small.csv`);
    const smallRows = Math.ceil(rows / 10);
    writeCustomerFile(path, file, rows);
    writeCustomerFile(smallPath, file, smallRows);

    const small = local(smallPath);
    const smallPlan = await planFor(small);
    const smallPaths = await prepareAll(small, smallPlan, await splitUploadInThread(small, smallPlan));
    const usual = await seconds(() => usualPipeline(smallPath, `${smallPath}.usual`));
    if (digestOfRows(smallPaths) !== digestOfRows([`${smallPath}.usual`])) {
      throw new Error(`${name}: the outputs differ.`);
    }

    const bytes = local(path);
    const plan = await planFor(bytes);
    const split = await seconds(() => splitUploadInThread(bytes, plan));
    const prepared = await seconds(() => prepareAll(bytes, plan, split.result));
    const whole = rows / (split.seconds + prepared.seconds);
    const usualRows = smallRows / usual.seconds;
    say(
      `${name}: ${rows} rows, ${(bytes.length / 1e6).toFixed(0)} MB, ${split.result.parts.length} parts | ` +
        `split ${(bytes.length / split.seconds / 1e9).toFixed(2)} GB/s | ` +
        `prepare ${(rows / prepared.seconds / 1e6).toFixed(2)} M rows/s | ` +
        `both ${(whole / 1e6).toFixed(2)} M rows/s, ${(whole / usualRows).toFixed(1)} times ` +
        `csv-parse and createHash (${(usualRows / 1e6).toFixed(3)} M rows/s)`,
    );
    for (const used of [path, smallPath]) rmSync(used);
  }
} finally {
  rmSync(folder, { recursive: true });
}
