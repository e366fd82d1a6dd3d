import type { RunHistory } from '../support/replay.js';
import { CONTINUED, field, inputOf, toldSteps } from './told-steps.js';

/**
 * What a workflow asked for and was told: activities, timers, children, search attributes, patches, signals and the end.
 * Two tellings of a story give the same one, when the story holds still before somebody does something.
 */
export interface ToldRun {
  readonly workflow: string;
  /** In order, without what the lanes did. */
  readonly main: readonly string[];
  /**
   * What the lanes did, by part, and for each part in order. They run side by side, so that chance decides which part is
   * ahead, which lane takes the next one, and whether results come to the workflow together or one by one; no rule of
   * the workflow says more than the order within a part.
   */
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

/** The phases of the work itself. The others (paused, waiting for a person) lie over them. */
const WORKING = ['inspecting', 'splitting', 'delivering', 'publishing', 'matching', 'reporting'];

/** What one run of a chain, or a child, did. */
export function toldRun({ history }: RunHistory): ToldRun {
  const main: string[] = [];
  const parts: Record<string, string[]> = {};
  let working = field(field(inputOf(history), 'carried'), 'phase');
  /** The ledger is closed when all lanes have ended. */
  let lanesOver = false;
  for (const { words, part } of toldSteps(history)) {
    working = WORKING.find((phase) => words === `ActivationPhase=${phase}`) ?? working;
    lanesOver ||= words === 'closeLedger';
    if (part === null) main.push(words);
    else if (working !== 'delivering' || lanesOver) main.push(`${words} of part ${part}`);
    else {
      const earlier = listIn(parts, part);
      // One that is repeated was waited for: its place among the other steps is not left to chance.
      earlier.push(earlier.includes(words) ? `${words} again, after ${main.at(-1)}` : words);
    }
  }
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  return { workflow: started?.workflowType?.name ?? '', main, parts };
}

/**
 * The runs of a chain as if they were one, for stories in which the length of the history says when a run continues.
 * Chance decides about that: results that come together take fewer events than those that come one by one. So it is not
 * told where one run ends and the next begins, nor that each of them marks its patches and has rests of timers.
 */
export function toldChain(histories: readonly RunHistory[]): ToldRun {
  const runs = histories.map(toldRun);
  const main: string[] = [];
  const parts: Record<string, string[]> = {};
  for (const [index, run] of runs.entries()) {
    const end = run.main.at(-1);
    if ((end === CONTINUED) !== index < runs.length - 1) throw new Error(`run ${index} has ended as ${end}`);
    for (const words of run.main) {
      if (words === CONTINUED || (words.startsWith('patch ') && main.includes(words))) continue;
      main.push(words.replace(/^((?:cancel )?timer) of [\d.]+ s/, '$1'));
    }
    for (const [part, steps] of Object.entries(run.parts)) {
      const earlier = listIn(parts, part);
      for (const words of steps) earlier.push(earlier.includes(words) ? `${words} again` : words);
    }
  }
  return { workflow: runs[0]?.workflow ?? '', main, parts };
}

function listIn(lists: Record<string, string[]>, key: string | number): string[] {
  const list = lists[key] ?? [];
  lists[key] = list;
  return list;
}
