import { afterAll, describe, expect, it } from 'vitest';
import { historiesOf, type RunHistory } from '../support/replay.js';
import {
  connectTestClient,
  connectTestWorkers,
  startTimeSkipping,
  testNamespace,
} from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { parseRecorded, recordedHistories } from './recorded-history.js';
import { STORIES, type Story, tell } from './stories.js';
import { type ToldRun, toldChain, toldRun } from './told-run.js';

/** A step of the story as it is told now that its recorded history has not, or has in other words. */
interface Difference {
  readonly now: string;
  readonly recorded: string | null;
  /** How often it is there; once unless given. */
  readonly times?: number;
}

/** Histories from before a patch: a run whose history has no mark of it goes the older way. */
const STOPPED_WORK: Difference = { now: 'patch stopped-work-is-waited-for', recorded: null };
const HELD_PUBLICATION: Difference = { now: 'patch publication-held-by-people', recorded: null };
const OLDEST = [STOPPED_WORK, HELD_PUBLICATION];

/**
 * In what the recorded histories differ from the present workflow: all of it. Each difference must be there, so that none
 * is kept for longer than it is true.
 */
const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  straight: OLDEST,
  append: OLDEST,
  'dry-run': [STOPPED_WORK],
  reconnected: OLDEST,
  'reconnect-timed-out': [STOPPED_WORK],
  'paused-and-resumed': OLDEST,
  'paused-while-publishing': [STOPPED_WORK],
  'canceled-while-publishing': [
    STOPPED_WORK,
    { now: 'patch last-look-of-a-cancelled-run', recorded: null },
    { now: 'publishAudience lookOnly=true repeats=0 goAhead=false', recorded: null },
  ],
  'rate-limited': OLDEST,
  'continued-as-new': OLDEST,
  'continued-while-waiting': OLDEST,
  'plan-outdated': [
    { ...STOPPED_WORK, times: 2 },
    HELD_PUBLICATION,
    // As it was recorded, the other lane's part was ready before it could be stopped.
    { now: 'cancel preparePart', recorded: null },
  ],
  canceled: OLDEST,
  failed: [
    STOPPED_WORK,
    // The run ended with Temporal's failure of the activity, now with the reason itself. A replay does not see that.
    { now: 'failed: rejected_row_limit', recorded: 'failed: by an activity' },
  ],
  'removal-rejected': [STOPPED_WORK],
  'replacement-approved': OLDEST,
  'rejected-rows-approved': OLDEST,
  'files-lost': [...OLDEST, { now: 'patch repeats-held-by-people', recorded: null }],
  'answer-missed': OLDEST,
};

/** Stories whose runs continue when their histories are long: chance decides where. */
const CHAINS: Readonly<Record<string, { readonly notCompared?: RegExp }>> = {
  'continued-as-new': {},
  // Nor is it certain how many of the signals one look answers, and so how many looks there are, and whether the wait
  // is still on in the next run or the slow check has ended it.
  'continued-while-waiting': {
    notCompared: /reconnected|recheckConnection|awaitReconnect|timer for a person|=waiting_for_reconnect/,
  },
};

const recorded = await recordedHistories();
const temporal = testNamespace('retold');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
afterAll(() => connection.close());
const skipping = await startTimeSkipping();

function storyOf(name: string): Story {
  return STORIES[name]?.() ?? expect.unreachable(`there is no story ${name}`);
}

const names = Object.keys(STORIES);
const skippingNames = names.filter((name) => storyOf(name).skipsTime === true);
const otherNames = names.filter((name) => !skippingNames.includes(name));

describe('a story that is told anew takes the steps of its recorded history', () => {
  describe('one after the other: time is skipped for all runs of a server at once', () => {
    const begin = serveByRun(skipping.server, skipping.environment.client);

    it.each(skippingNames)(
      '%s',
      async (name) => {
        compare(name, await historiesOf(skipping.environment.client, [await tell(storyOf(name), begin)]));
      },
      120_000,
    );
  });

  describe('side by side', () => {
    const begin = serveByRun({ connection, namespace: temporal.namespace }, client);

    it.concurrent.each(otherNames)(
      '%s',
      async (name) => {
        compare(name, await historiesOf(client, [await tell(storyOf(name), begin)]));
      },
      120_000,
    );
  });
});

/** What the runs of a story did, as far as it is the same at each telling. */
function told(name: string, histories: readonly RunHistory[]): ToldRun[] {
  const chain = CHAINS[name];
  if (chain === undefined) return histories.map(toldRun);
  expect(histories.length).toBeGreaterThan(1);
  const joined = toldChain(histories);
  return [{ ...joined, main: joined.main.filter((step) => chain.notCompared?.test(step) !== true) }];
}

function compare(name: string, histories: readonly RunHistory[]): void {
  const before = told(
    name,
    parseRecorded(recorded.get(name) ?? expect.unreachable(`${name} is not recorded`)),
  );
  let now = told(name, histories);
  for (const difference of DIFFERENCES[name] ?? []) {
    const ofStory = (runs: readonly ToldRun[]) =>
      runs
        .flatMap(({ main, parts }) => [main, ...Object.values(parts)])
        .flat()
        .filter((step) => step === difference.now);
    expect(ofStory(now), 'the known difference').toHaveLength(difference.times ?? 1);
    expect(ofStory(before), `${difference.now}: not a difference any more`).toEqual([]);
    now = now.map((run) => inOlderWords(run, difference));
  }
  expect(now).toEqual(before);
}

function inOlderWords({ workflow, main, parts }: ToldRun, difference: Difference): ToldRun {
  const older = (steps: readonly string[]) =>
    steps.flatMap((step) => {
      if (step !== difference.now) return [step];
      return difference.recorded === null ? [] : [difference.recorded];
    });
  return {
    workflow,
    main: older(main),
    parts: Object.fromEntries(Object.entries(parts).map(([part, steps]) => [part, older(steps)])),
  };
}
