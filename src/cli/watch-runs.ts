import type { Activation } from '../api/schemas/activation.js';
import type { ApiClient } from './api-client.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { followRun } from './follow-run.js';
import type { Output } from './output.js';
import { isOver, waitsForPerson } from './phases.js';
import { PROGRAM } from './program-name.js';
import { attentionOf, reportOfRun } from './report.js';
import { statusOfRun, statusOfRuns } from './run-status.js';

export interface WatchedRuns {
  /** Of several runs the worst: failed before waiting before completed. */
  readonly exitCode: ExitCode;
  /** As they were when this program stopped looking, in the order in which they were started. */
  readonly runs: readonly Activation[];
}

/** Shows runs until each is over or waits for a person, then the report of each, or what to do. */
export async function watchRuns(
  api: ApiClient,
  started: readonly Activation[],
  output: Output,
): Promise<WatchedRuns> {
  const latest = new Map(started.map((run) => [run.id, run]));
  const runsNow = () => started.map((run) => latest.get(run.id) ?? run);
  const onAnswering = tellOnce(output);
  await Promise.all(
    started.map(async ({ id }) => {
      for await (const seen of followRun(api, id, { onAnswering: (answers) => onAnswering(id, answers) })) {
        latest.set(id, seen);
        if (waitsForPerson(seen.phase)) break;
        if (started.length > 1) output.live(statusOfRuns(runsNow()));
        else if (!isOver(seen.phase)) output.live(statusOfRun(seen, new Date()));
      }
    }),
  );
  const runs = runsNow();
  for (const run of runs) {
    if (runs.length > 1) output.say(`── Advertiser ${run.advertiserId} ──`);
    for (const line of endOfRun(run)) output.say(line);
  }
  return { exitCode: exitCodeOf(runs), runs };
}

function endOfRun(run: Activation): string[] {
  return waitsForPerson(run.phase) ? waitingLines(run) : ['', ...reportOfRun(run)];
}

/** Several runs lose the API at the same moment; it is told once. */
function tellOnce(output: Output): (id: string, answers: boolean) => void {
  const silent = new Set<string>();
  return (id, answers) => {
    const before = silent.size;
    if (answers) silent.delete(id);
    else silent.add(id);
    if (before === 0 && silent.size === 1) {
      output.say('The API does not answer; the run goes on without it. Waiting for the API …');
    } else if (before === 1 && silent.size === 0) output.say('The API answers again.');
  };
}

function exitCodeOf(runs: readonly Activation[]): ExitCode {
  if (runs.some(({ phase }) => phase === 'failed' || phase === 'canceled')) return EXIT.failed;
  return runs.every(({ phase }) => phase === 'completed') ? EXIT.completed : EXIT.waitsForPerson;
}

function waitingLines(run: Activation): string[] {
  const lines = attentionOf(run);
  if (run.phase === 'paused') lines.push(`Run ${run.id} is paused. Go on with: ${PROGRAM} resume ${run.id}`);
  else if (lines.length === 0) lines.push(`Run ${run.id} waits for a person: ${run.links.console}`);
  return [
    ...lines,
    `The run keeps what it has done and goes on then. See it with: ${PROGRAM} show ${run.id}`,
  ];
}
