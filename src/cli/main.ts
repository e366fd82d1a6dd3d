#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './command-line.js';
import { PROGRAM } from './program-name.js';

/** 128 + SIGINT, as shells expect it. */
const INTERRUPTED = 130;

// The reader has seen enough, as `head` has: no error, and nobody is left to tell anything.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.once('SIGINT', () => {
  process.stderr.write(
    `\nStopped looking. A run that has started goes on (${PROGRAM} runs); an upload goes on with the same command.\n`,
  );
  process.exit(INTERRUPTED);
});

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
/** `npm run` changes to the project's folder and says in INIT_CWD where the person stood. */
const standingIn = process.env['npm_lifecycle_event'] === 'activate' ? process.env['INIT_CWD'] : undefined;
const onTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  directory: standingIn ?? process.cwd(),
  dataDirectory: resolve(projectFolder, process.env['DATA_DIR'] || '.data'),
  stdout: process.stdout,
  stderr: process.stderr,
  confirm: onTerminal ? askOnTerminal : null,
  openBrowser: onTerminal ? openBrowser : null,
});

async function askOnTerminal(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** The address is printed as well: a machine without a browser is no error. */
function openBrowser(url: string): void {
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  if (command === undefined) return;
  const child = spawn(command, words, { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
