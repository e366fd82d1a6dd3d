import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const script = (name) => [process.execPath, join(HERE, 'candidates', `${name}.mjs`)];

export const ENGINE = 'this engine';
export const DUCKDB = 'DuckDB';
export const CLICKHOUSE = 'ClickHouse';
/** Behind a database's name: its run without MD5 and account. */
export const ROWS_ONLY = ', rows only';
export const NATIVE = 'C, SHA-NI';
export const NAIVE = 'naive';

/**
 * Who does the job, each in a process of its own: `command` is called with the input, a folder for the output, the number of
 * threads and the file's name. `share` of the rows is enough for the slow one. `folder` takes what has to be compiled.
 */
export function listCandidates(folder, say) {
  const native = compileNative(folder);
  if (native.refusal !== undefined) say(`No line for C: ${native.refusal}`);
  return [
    { name: ENGINE, command: script('engine'), share: 1 },
    { name: DUCKDB, command: script('duckdb'), share: 1 },
    { name: `${DUCKDB}${ROWS_ONLY}`, command: [...script('duckdb'), '--rows-only'], share: 1 },
    { name: CLICKHOUSE, command: script('clickhouse'), share: 1 },
    { name: `${CLICKHOUSE}${ROWS_ONLY}`, command: [...script('clickhouse'), '--rows-only'], share: 1 },
    ...(native.path === undefined ? [] : [{ name: NATIVE, command: [native.path], share: 1 }]),
    { name: NAIVE, command: script('naive'), share: 0.1 },
  ];
}

/** The packages of the databases, which are far larger than the product, are installed when they are asked for. */
export function installCompetitors(say) {
  const lock = readFileSync(join(HERE, 'package-lock.json'), 'utf8');
  const installed = join(HERE, 'node_modules', '.installed-lock.json');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  say('Installing DuckDB and ClickHouse into bench/node_modules (600 MB) …');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: HERE, stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(installed, lock);
}

/** Versions for the report. */
export function competitorVersions() {
  const version = (name) =>
    JSON.parse(readFileSync(join(HERE, 'node_modules', name, 'package.json'), 'utf8')).version;
  return `@duckdb/node-api ${version('@duckdb/node-api')}, chdb ${version('chdb')} (ClickHouse ${version('@chdb/lib-linux-x64-gnu')})`;
}

function compileNative(folder) {
  if (process.platform !== 'linux' || !/\bsha_ni\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
    return { refusal: 'the processor has no SHA extensions (sha_ni), or this is not Linux on x86.' };
  }
  const path = join(folder, 'prepare-native');
  const source = join(HERE, 'native', 'prepare.c');
  try {
    execFileSync('gcc', ['-O3', '-march=native', '-Wall', '-Wextra', '-pthread', '-o', path, source]);
    return { path };
  } catch (error) {
    if (error.code === 'ENOENT') return { refusal: 'there is no gcc.' };
    throw error;
  }
}
