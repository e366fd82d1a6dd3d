// How fast customer files are split and prepared, beside two databases, C and the usual pipeline; and in how much memory.
//   npm run bench -- [speed] [--file email]… [--rounds 5] [--share 1] [--folder FOLDER]
//   npm run bench -- memory [--share 1] [--folder FOLDER]
// `memory` needs Linux. `--share` makes the files smaller. The folder takes files and parts (4 GB for whole ones) and is best in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FILES } from './customer-files.mjs';
import { compareMemory } from './memory.mjs';
import { compareSpeed } from './speed.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string', multiple: true, default: Object.keys(FILES) },
    rounds: { type: 'string', default: '5' },
    share: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const say = (text) => process.stdout.write(`${text}\n`);
const folder = mkdtempSync(join(values.folder, 'bench-'));
const common = { folder, share: Number(values.share), say };

try {
  const [{ model }] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  say(`${date}, ${availableParallelism()} cores of ${model.trim()}, Node ${process.versions.node}`);
  switch (positionals[0] ?? 'speed') {
    case 'speed':
      await compareSpeed({ ...common, rounds: Number(values.rounds), files: values.file });
      break;
    case 'memory':
      await compareMemory(common);
      break;
    default:
      throw new Error(`There is no benchmark ${positionals[0]}: speed or memory.`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
