import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { activateFile } from '../cli/activate-file.js';
import { createApiClient } from '../cli/api-client.js';
import { describeError } from '../cli/errors.js';
import { createOutput } from '../cli/output.js';
import { ledgerBalances } from '../cli/report.js';
import { sandboxConnection } from '../cli/sandbox-connection.js';
import { unfinishedUploads } from '../cli/unfinished-uploads.js';
import { clearDeadDemos, demoEnvironment, demoFolder, removeDemoFolder } from './demo-folder.js';
import { onEndRequest } from './end-requests.js';
import { projectFolder } from './project-folder.js';
import { type Stack, startStack } from './stack.js';
import { addressTable } from './stack-addresses.js';
import { createTerminal } from './terminal.js';

const CUSTOMER_FILE = join(projectFolder, 'examples', 'customers.csv');

const { once } = parseArgs({ options: { once: { type: 'boolean', default: false } } }).values;
const startedAt = performance.now();
const output = createOutput(process.stdout, process.stderr);
const terminal = createTerminal(process.stdout, process.env);
const say = (text: string, service?: string): void => {
  output.clear();
  terminal(text, service);
};

let stack: Stack | undefined;
const ending = new AbortController();
const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
onEndRequest({ once: () => ending.abort(), again: () => stack?.kill() }, process.env);

await clearDeadDemos();
const dataDir = demoFolder();
let exitCode = 1;
try {
  say(`Starting everything in ${dataDir}, which is removed at the end …`);
  const environment = demoEnvironment(process.env);
  stack = await startStack({ dataDir, environment, say, signal: ending.signal });
  say(`Ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.\n`);
  const succeeded = await Promise.race([demonstrate(stack), ended.then(() => false)]);
  exitCode = succeeded ? 0 : 1;
  if (!once && !ending.signal.aborted) {
    say(`${addressTable(stack.addresses)}\n\nEverything stays up until Ctrl-C.`);
    await ended;
  }
} catch (error) {
  if (!ending.signal.aborted) for (const line of describeError(error)) output.complain(line);
} finally {
  say('Ending …');
  await stack?.stop();
  removeDemoFolder(dataDir);
}
// What still follows the run would keep the process alive.
process.exit(exitCode);

/** Connects TikTok, activates the example file and reports. True when the audience is ready and the ledger balances. */
async function demonstrate({ addresses }: Stack): Promise<boolean> {
  const api = createApiClient({ url: addresses.api });
  const connection = await sandboxConnection(api);
  const [advertiser] = connection.advertisers;
  if (advertiser === undefined) throw new Error('The sandbox gave the connection no advertiser.');
  say(`Connected TikTok's sandbox; activating examples/customers.csv for "${advertiser.name}".`);
  const { runs } = await activateFile(
    {
      api,
      file: CUSTOMER_FILE,
      audience: { action: 'create', name: 'Demo customers' },
      connection: connection.id,
      advertisers: [advertiser.id],
      uploads: unfinishedUploads(join(dataDir, 'client'), output.complain),
      confirm: null,
    },
    output,
  );
  output.say(`API           ${addresses.api}/docs`);
  output.say(`Sandbox       ${addresses.sandbox}/_sandbox`);
  output.say();
  return runs.every((run) => run.audience.state === 'ready' && ledgerBalances(run));
}
