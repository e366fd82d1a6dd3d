import { mkdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  competitorVersions,
  DUCKDB,
  ENGINE,
  installCompetitors,
  listCandidates,
  NAIVE,
  NATIVE,
} from './candidates.mjs';
import { FILES, writeCustomerFile } from './customer-files.mjs';
import { measure, median } from './measure.mjs';
import { digestOfRows } from './rows-digest.mjs';
import { speedTargets, splitTarget } from './targets.mjs';

const THREADS = '2';
const MOST_DISTURBANCE = 0.05;
const MOST_ATTEMPTS = 4;

/** Prints one table a file. Every output is compared with the engine's before a time counts. Targets are for whole files. */
export async function compareSpeed({ folder, share, rounds, files, say }) {
  installCompetitors(say);
  const candidates = listCandidates(folder, say);
  say(`${competitorVersions()}; ${THREADS} threads, median of ${rounds} rounds, process start included.\n`);
  for (const name of files) await compareOn(name, candidates, { folder, share, rounds, say });
}

async function compareOn(name, candidates, { folder, share, rounds, say }) {
  const file = FILES[name];
  const inputs = new Map();
  for (const part of new Set(candidates.map((candidate) => candidate.share))) {
    const path = join(folder, `${name}-${part}.csv`);
    const rows = Math.round(file.rows * share * part);
    writeCustomerFile(path, file, rows);
    inputs.set(part, { path, rows, bytes: statSync(path).size });
  }
  const output = join(folder, 'output');
  const run = async ({ command }, { path }) => {
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output);
    return measure([...command, path, output, THREADS, name]);
  };

  const engine = candidates.find((candidate) => candidate.name === ENGINE);
  for (const input of inputs.values()) {
    await run(engine, input);
    input.digest = digestOfRows(output);
  }
  const results = new Map(candidates.map((candidate) => [candidate.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const candidate of candidates) {
      const input = inputs.get(candidate.share);
      const result = await undisturbed(() => run(candidate, input));
      const digest = digestOfRows(output);
      if (digest !== input.digest) {
        throw new Error(`${name}: the rows of ${candidate.name} are others: ${digest}, not ${input.digest}.`);
      }
      results.get(candidate.name).push(result);
    }
  }
  rmSync(output, { recursive: true });
  for (const { path } of inputs.values()) rmSync(path);

  const lines = summarise({ candidates, inputs, results });
  const whole = inputs.get(1);
  report(name, lines, whole, say);
  const others = disturbance([...results.values()].flat());
  say(`Other processes took ${(100 * others).toFixed(0)} % of the machine meanwhile.\n`);
  if (share !== 1) return;
  const splitSeconds = median(results.get(ENGINE).map((run) => run.splitSeconds));
  reportTargets(name, lines, whole.bytes / splitSeconds, say);
}

/** Rows per second of every candidate, and the rest of its line. */
function summarise({ candidates, inputs, results }) {
  return candidates.map((candidate) => {
    const runs = results.get(candidate.name);
    const input = inputs.get(candidate.share);
    const seconds = median(runs.map((run) => run.seconds));
    return {
      name: candidate.name,
      label: candidate.name + (candidate.share === 1 ? '' : `, on ${candidate.share * 100} % of the rows`),
      seconds,
      cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
      rowSpeed: input.rows / seconds,
      byteSpeed: input.bytes / seconds,
      peakBytes: median(runs.map((run) => run.peakBytes)),
    };
  });
}

function report(name, lines, { bytes, rows }, say) {
  const times = (line, other, format) => {
    const ratio = ratioOf(lines, line.name, other);
    return ratio === undefined ? '' : format(ratio);
  };
  say(`**${name}**: ${FILES[name].what}; ${rows.toLocaleString('en')} rows, ${mb(bytes)} MB\n`);
  say('| | s | CPU s | M rows/s | MB/s | peak RSS, MB | × DuckDB | % of C | × naive |');
  say('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const line of lines) {
    const cells = [
      line.label,
      line.seconds.toFixed(2),
      line.cpuSeconds.toFixed(2),
      (line.rowSpeed / 1e6).toFixed(2),
      mb(line.byteSpeed),
      mb(line.peakBytes),
      times(line, DUCKDB, (ratio) => ratio.toFixed(2)),
      times(line, NATIVE, (ratio) => (100 * ratio).toFixed(0)),
      times(line, NAIVE, (ratio) => ratio.toFixed(1)),
    ];
    say(`| ${cells.join(' | ')} |`);
  }
  say('');
}

/** How many times as many rows per second; undefined when one of them did not run. */
function ratioOf(lines, name, other) {
  const [mine, others] = [name, other].map((wanted) => lines.find((line) => line.name === wanted));
  return mine === undefined || others === undefined ? undefined : mine.rowSpeed / others.rowSpeed;
}

function reportTargets(name, lines, splitSpeed, say) {
  for (const line of speedTargets(name, (other) => ratioOf(lines, ENGINE, other))) say(`- ${line}`);
  say(`- ${splitTarget(splitSpeed)}\n`);
}

/** A run in which others kept the machine busy says little, so it is repeated a few times. */
async function undisturbed(run) {
  for (let attempt = 1; ; attempt++) {
    const result = await run();
    if (!(disturbance([result]) > MOST_DISTURBANCE) || attempt === MOST_ATTEMPTS) return result;
  }
}

/** Share of the processors' time that did not go to the candidates. */
function disturbance(runs) {
  const sum = (field) => runs.reduce((total, run) => total + run[field], 0);
  return sum('othersSeconds') / (sum('seconds') * availableParallelism());
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(0);
}
