import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from './chance.js';
import { mutated, packed } from './mutate-file.js';
import { encoded, largeFile, randomText } from './random-files.js';

/** Files that are kept with the sources: what they are mutated from. */
const FOLDERS = ['examples'];

let kept: readonly [Buffer, ...Buffer[]] | undefined;

/** An upload: generated, or a kept file with damage; encoded and packed in some way; at times damaged after that too. */
export function randomUpload(chance: Chance): Buffer {
  if (chance.once(400)) return packed(chance, largeFile(chance));
  if (chance.once(12)) return chance.bytes(chance.below(300));
  const text = chance.once(5) ? piece(chance, chance.pick(keptFiles())) : encoded(chance, randomText(chance));
  const damaged = chance.once(2) ? mutated(chance, text) : text;
  const upload = packed(chance, damaged);
  return upload !== damaged && chance.once(3) ? mutated(chance, upload) : upload;
}

/** The header and some of the rows: small enough for many thousand cases. */
function piece(chance: Chance, file: Buffer): Buffer {
  const lines = file.toString('latin1').split('\n');
  const from = chance.below(lines.length);
  return Buffer.from([lines[0], ...lines.slice(from, from + chance.below(60))].join('\n'), 'latin1');
}

function keptFiles(): readonly [Buffer, ...Buffer[]] {
  if (kept !== undefined) return kept;
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .sort()
      .map((name) => join(folder, name)),
  );
  const [first, ...others] = paths.map((path) => readFileSync(path));
  if (first === undefined)
    throw new Error('There is no file to mutate. Run this in the folder of the project.');
  kept = [first, ...others];
  return kept;
}
