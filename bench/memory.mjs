import { createReadStream, createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { FILES, writeCustomerFile } from './customer-files.mjs';
import { measure } from './measure.mjs';
import { memoryTargets, splitTarget } from './targets.mjs';

const PROCESS = fileURLToPath(new URL('candidates/memory.mjs', import.meta.url));
const MILLIONS = [1, 50];
const WORK = { prepare: 'split and prepare', expand: 'expand the gzip file' };

/** Prints what preparing and expanding add to the memory of an idle worker, for a small and a large file of e-mails. */
export async function compareMemory({ folder, share, say }) {
  const runs = [];
  for (const millions of MILLIONS) {
    const rows = Math.round(millions * 1e6 * share);
    const path = join(folder, 'email.csv');
    writeCustomerFile(path, FILES.email, rows);
    await pipeline(createReadStream(path), createGzip({ level: 1 }), createWriteStream(`${path}.gz`));
    const bytes = statSync(path).size;
    for (const work of Object.keys(WORK)) {
      const input = work === 'expand' ? `${path}.gz` : path;
      runs.push({ work, rows, bytes, ...(await measure([process.execPath, PROCESS, work, input, folder])) });
    }
    rmSync(path);
  }
  say('\n| | rows | s | idle RSS, MB | peak RSS, MB | added, MB |');
  say('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const { work, rows, workSeconds, idleBytes, peakBytes } of runs) {
    const sizes = [idleBytes, peakBytes, peakBytes - idleBytes].map(mb);
    say(`| ${[WORK[work], rows.toLocaleString('en'), workSeconds.toFixed(2), ...sizes].join(' | ')} |`);
  }
  say('');
  if (share === 1) reportTargets(runs, say);
}

function reportTargets(runs, say) {
  for (const [work, words] of Object.entries(WORK)) {
    const added = runs.filter((run) => run.work === work).map((run) => run.peakBytes - run.idleBytes);
    for (const line of memoryTargets(words, ...added)) say(`- ${line}`);
  }
  const { bytes, splitSeconds } = runs.filter((run) => run.work === 'prepare').at(-1);
  say(`- ${splitTarget(bytes / splitSeconds)}`);
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(0);
}
