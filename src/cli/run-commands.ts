import type { Activation } from '../api/schemas/activation.js';
import type { ApiClient, Page } from './api-client.js';
import type { ExitCode } from './exit-codes.js';
import type { Output } from './output.js';
import { PHASE_WORDS } from './phases.js';
import { PROGRAM } from './program-name.js';
import { formatCount } from './quantities.js';
import { reportOfRun } from './report.js';
import { renderTable } from './table.js';
import { watchRuns } from './watch-runs.js';

/** `activate runs`: the newest runs, one a line. */
export async function listRuns(api: ApiClient, output: Output, json: boolean): Promise<void> {
  const page = await api.get<Page<Activation>>('/v1/activations?limit=20');
  if (json) return output.data(`${JSON.stringify(page.data, null, 2)}\n`);
  if (page.data.length === 0) return output.say(`There are no runs yet. Start one with: ${PROGRAM} FILE`);
  const table = renderTable(
    [
      { title: 'Run', align: 'left' },
      { title: 'Created', align: 'left' },
      { title: 'Phase', align: 'left' },
      { title: 'Sent', align: 'right' },
      { title: 'Rejected', align: 'right' },
      { title: 'Matched', align: 'right' },
      { title: 'Audience', align: 'left' },
    ],
    page.data.map((run) => [
      run.id,
      run.createdAt.slice(0, 16).replace('T', ' '),
      PHASE_WORDS[run.phase],
      formatCount(run.progress.rowsSent),
      formatCount(run.progress.rowsRejected),
      run.audience.matched === null ? '' : formatCount(run.audience.matched),
      run.audience.name ?? run.audience.id ?? '',
    ]),
  );
  for (const line of table) output.say(line);
  if (page.nextCursor !== null) output.say('(the newest 20; more in the API)');
}

/** `activate show ID`: the report of a run, as far as it has come. */
export async function showRun(api: ApiClient, id: string, output: Output, json: boolean): Promise<void> {
  const run = await api.get<Activation>(runPath(id));
  if (json) return output.data(`${JSON.stringify(run, null, 2)}\n`);
  for (const line of reportOfRun(run)) output.say(line);
}

/** `activate rejected ID`: the rejected rows as CSV (or JSON), which can be millions of lines. */
export async function printRejectedRows(
  api: ApiClient,
  id: string,
  output: Output,
  json: boolean,
): Promise<void> {
  const response = await api.open(`${runPath(id)}/rejected-rows?format=${json ? 'json' : 'csv'}`);
  if (response.body === null) return;
  const decoder = new TextDecoder();
  for await (const chunk of response.body) output.data(decoder.decode(chunk, { stream: true }));
  output.data(decoder.decode());
}

export type RunSignal = 'pause' | 'resume' | 'reconnected' | 'approve' | 'reject' | 'cancel';

const SIGNAL_WORDS: Readonly<Record<RunSignal, string>> = {
  pause: 'will pause at its next boundary',
  resume: 'is not paused any more',
  reconnected: 'asks TikTok again at once, if it waits for a sign-in',
  approve: 'goes on as approved',
  reject: 'ends, as what it asked was rejected',
  cancel: 'stops at its next boundary',
};

/** `activate pause|resume|reconnected|approve|reject|cancel ID`. */
export async function signalRun(
  api: ApiClient,
  id: string,
  signal: RunSignal,
  output: Output,
  json: boolean,
): Promise<void> {
  await api.post(`${runPath(id)}/${signal}${await questionAnswered(api, id, signal)}`);
  if (json) return showRun(api, id, output, json);
  output.say(`Run ${id} ${SIGNAL_WORDS[signal]}. See it with: ${PROGRAM} show ${id}`);
}

/** An answer names its question, so that it is not taken for one to the next. */
async function questionAnswered(api: ApiClient, id: string, signal: RunSignal): Promise<string> {
  if (signal !== 'approve' && signal !== 'reject') return '';
  const { attention } = await api.get<Activation>(runPath(id));
  return attention === null ? '' : `?question=${encodeURIComponent(attention.code)}`;
}

/** `activate retry ID`: starts a failed or canceled run again and follows the new one. */
export async function retryRun(api: ApiClient, id: string, output: Output, json: boolean): Promise<ExitCode> {
  const retry = await api.post<Activation>(`${runPath(id)}/retry`);
  output.say(`Run ${retry.id} tries ${id} again.`);
  const { exitCode, runs } = await watchRuns(api, [retry], output);
  if (json) output.data(`${JSON.stringify(runs[0], null, 2)}\n`);
  return exitCode;
}

function runPath(id: string): string {
  return `/v1/activations/${encodeURIComponent(id)}`;
}
