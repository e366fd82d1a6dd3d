import { resolve } from 'node:path';
import { DataFolderInUse } from './data-folder-claim.js';
import { onEndRequest } from './end-requests.js';
import { projectFolder } from './project-folder.js';
import { type Stack, startStack } from './stack.js';
import { addressTable, readStackFile } from './stack-addresses.js';
import { createTerminal } from './terminal.js';

const startedAt = performance.now();
const say = createTerminal(process.stdout, process.env);
const dataDir = resolve(projectFolder, process.env['DATA_DIR'] || '.data');

let stack: Stack | undefined;
const breakOff = new AbortController();

onEndRequest(
  {
    once: (reason) => {
      say(`Ending (${reason}) …`);
      if (stack === undefined) breakOff.abort();
      else void end(stack);
    },
    again: () => {
      say('Ending at once.');
      stack?.kill();
    },
  },
  process.env,
);

try {
  say(`Starting on ${dataDir} …`);
  stack = await startStack({ dataDir, environment: process.env, say, signal: breakOff.signal });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`\nReady after ${seconds} s. Logs are in ${dataDir}/logs. Ctrl-C ends everything; the data stays.\n`);
  say(`${addressTable(stack.addresses)}\n`);
} catch (error) {
  process.exitCode = breakOff.signal.aborted ? 0 : 1;
  if (breakOff.signal.aborted) say('Everything has ended.');
  else if (error instanceof DataFolderInUse) {
    const addresses = readStackFile(dataDir);
    say(`${error.message}\n${addresses === undefined ? 'It is still starting.' : addressTable(addresses)}`);
  } else {
    say(wordsOf(error));
  }
}

async function end(running: Stack): Promise<void> {
  try {
    await running.stop();
    say('Everything has ended.');
    process.exit(0);
  } catch (error) {
    say(`The end left something behind in ${dataDir}: ${wordsOf(error)}`);
    process.exit(1);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
