import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { inProject, readText, sha256OfFile, writeWhole } from './files.mjs';
import { installTool } from './install-tool.mjs';
import { TEMPORAL_CLI, TEMPORAL_TEST_SERVER } from './pinned-tools.mjs';
import { SetUpProblem } from './speaking.mjs';

/** What was found, for the program: `{ temporal, temporalTestServer, checked: { [path]: { mark, version } } }`. */
const RECORD = inProject('.tools', 'paths.json');

export function toolSteps(forTests) {
  return [TEMPORAL_CLI, ...(forTests ? [TEMPORAL_TEST_SERVER] : [])].map((tool) => ({
    name: `looking for the ${tool.title}`,
    isDone: () => isRecorded(tool),
    make: (say) => findOrInstall(tool, say),
  }));
}

function readRecord() {
  try {
    return JSON.parse(readText(RECORD) ?? '{}');
  } catch {
    // Only a note of what can be found again.
    return {};
  }
}

/** Size and time stand for the content: hashing 150 MB before each command would be felt. */
function markOf(file) {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/** What would be found now is what was found and checked before. */
function isRecorded(tool) {
  const record = readRecord();
  const place = firstPlace(tool);
  return (
    place !== undefined &&
    record[tool.record] === place.file &&
    record.checked?.[place.file]?.mark === markOf(place.file)
  );
}

/** Where the tool is, in the order of preference; undefined when it is nowhere. */
function firstPlace(tool) {
  const given = process.env[tool.variable];
  if (given !== undefined && given !== '') return { kind: 'given', file: resolve(given) };
  const found = placesOf(tool).find(({ file }) => isExecutable(file));
  // One on PATH that turned out to be too old is passed over without asking it again.
  return found;
}

function placesOf(tool) {
  const own = { kind: 'own', file: inProject('.tools', 'bin', tool.executable) };
  if (tool.oldestOnPath === undefined) return [own];
  const rejected = readRecord().rejected ?? {};
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => ({ kind: 'path', file: join(resolve(folder), tool.executable) }))
    .filter(({ file }) => isExecutable(file) && rejected[file] !== markOf(file));
  return [...onPath, own];
}

async function findOrInstall(tool, say) {
  for (;;) {
    const place = firstPlace(tool);
    if (place === undefined) {
      const file = await installTool(tool, say);
      note(tool, file, tool.version);
      return;
    }
    const outcome = check(tool, place);
    if (outcome.version !== undefined) {
      say(`${tool.title} ${outcome.version}: ${place.file}`);
      note(tool, place.file, outcome.version);
      return;
    }
    if (place.kind === 'given')
      throw new SetUpProblem(`${tool.variable} is ${place.file}: ${outcome.problem}.`);
    say(`passing over ${place.file}: ${outcome.problem}.`);
    if (place.kind === 'own') {
      note(tool, await installTool(tool, say), tool.version);
      return;
    }
    const record = readRecord();
    writeRecord({ ...record, rejected: { ...record.rejected, [place.file]: markOf(place.file) } });
  }
}

/** `{ version }` when the file will do, else `{ problem }`. */
function check(tool, place) {
  if (!isExecutable(place.file)) return { problem: 'not an executable file' };
  if (place.kind === 'own') {
    const wanted = tool.sha256[`${process.platform}-${process.arch}`];
    return sha256OfFile(place.file) === wanted
      ? { version: tool.version }
      : { problem: `not version ${tool.version}, or damaged` };
  }
  // The test server cannot be asked: it has no such flag, and would start.
  if (tool.oldestOnPath === undefined) return { version: 'given' };
  const asked = spawnSync(place.file, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  const version = /\d+\.\d+\.\d+\S*/.exec(asked.stdout ?? '')?.[0];
  if (asked.status !== 0 || version === undefined) return { problem: 'it does not tell its version' };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = tool.oldestOnPath;
  const recent = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return recent
    ? { version }
    : { problem: `version ${version} is older than ${tool.oldestOnPath.join('.')}` };
}

function note(tool, file, version) {
  const record = readRecord();
  const checked = { ...record.checked, [file]: { mark: markOf(file), version } };
  writeRecord({ ...record, [tool.record]: file, checked });
}

function writeRecord(record) {
  writeWhole(RECORD, `${JSON.stringify(record, null, 2)}\n`);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
