import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesBelow, hashOf, inProject, readText, writeWhole } from './files.mjs';
import { SetUpProblem } from './speaking.mjs';

const SOURCES = inProject('src');
const OUTPUT = inProject('dist');
const COMPILED_STAMP = join(OUTPUT, '.compiled-stamp');
const BUNDLED_STAMP = join(OUTPUT, '.bundled-stamp');
const BUNDLER = inProject('scripts', 'bundle-workflows.mjs');
const BUNDLE = join(OUTPUT, 'workflow-bundle.js');

export function buildSteps() {
  return [
    { name: 'compiling', isDone: isCompiled, make: compile },
    { name: 'bundling the workflows', isDone: isBundled, make: bundle },
  ];
}

function sourceStamp() {
  const configuration = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'];
  return hashOf([...configuration.map((name) => inProject(name)), ...filesBelow(SOURCES)]);
}

const outputOf = (source) => join(OUTPUT, relative(SOURCES, source).replace(/\.ts$/, '.js'));

function isCompiled() {
  return readText(COMPILED_STAMP) === sourceStamp() && missingOutput().length === 0;
}

function missingOutput() {
  return filesBelow(SOURCES).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !existsSync(outputOf(file)),
  );
}

function compile() {
  const stamp = sourceStamp();
  removeStaleOutput();
  // The compiler's own notes would make it skip files that are gone from the output.
  if (missingOutput().length > 0) rmSync(join(OUTPUT, '.tsbuildinfo'), { force: true });
  const compiler = inProject('node_modules', 'typescript', 'bin', 'tsc');
  run([compiler, '-p', 'tsconfig.build.json'], 'The sources do not compile.');
  writeWhole(COMPILED_STAMP, stamp);
}

/** A module whose source is gone could still be imported by mistake, or run. */
function removeStaleOutput() {
  const wanted = new Set(filesBelow(SOURCES).map(outputOf));
  for (const file of filesBelow(OUTPUT)) {
    const module = file.replace(/\.map$/, '');
    if (!module.endsWith('.js') || module === BUNDLE || wanted.has(module)) continue;
    rmSync(file);
    for (
      let folder = dirname(file);
      folder !== OUTPUT && readdirSync(folder).length === 0;
      folder = dirname(folder)
    ) {
      rmdirSync(folder);
    }
  }
}

/** What may stand in a workflow's import graph; the import rules keep the rest out. */
function bundleStamp() {
  return hashOf([
    BUNDLER,
    inProject('package-lock.json'),
    ...filesBelow(join(SOURCES, 'workflows')),
    ...filesBelow(join(SOURCES, 'temporal')),
    ...filesBelow(join(SOURCES, 'activation')),
  ]);
}

function isBundled() {
  return existsSync(BUNDLE) && readText(BUNDLED_STAMP) === bundleStamp();
}

function bundle() {
  const stamp = bundleStamp();
  run([BUNDLER], 'The workflows could not be bundled.');
  writeWhole(BUNDLED_STAMP, stamp);
}

function run(args, problem) {
  const ended = spawnSync(process.execPath, args, { cwd: inProject(), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ended.status !== 0) throw new SetUpProblem(`${ended.stdout}${ended.stderr}${problem}`);
}
