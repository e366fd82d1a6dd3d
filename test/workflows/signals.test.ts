import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { heartbeating } from '../../src/activities/heartbeating.js';
import type { Publication } from '../../src/activities/publish-audience.js';
import { progress } from '../../src/workflows/messages.js';
import { connectTestClient, connectTestWorkers, testNamespace } from '../support/temporal.js';
import { serveByRun } from './activities-by-run.js';
import { held } from './held.js';
import { type Call, partsOf, recordedPhases, scriptedActivities } from './scripted-activities.js';
import {
  ARGUMENTS,
  type Argument,
  BROKEN_JSON,
  NO_ARGUMENT,
  type SendSignal,
  sendByApi,
  sendByTerminal,
} from './signal-senders.js';
import { POLLING, standsStill } from './standing-still.js';
import { reconnectRequired } from './stories.js';
import { startRun, withWorkers } from './workflow-worker.js';

const temporal = testNamespace('workflows-signals');
const client = await connectTestClient(temporal);
const connection = await connectTestWorkers(temporal);
const server = { connection, namespace: temporal.namespace };
afterAll(() => connection.close());

type Run = Awaited<ReturnType<typeof startRun>>;
type Scripted = Omit<Parameters<typeof scriptedActivities>[0], 'parts'>;

const byApi = sendByApi(client, temporal.namespace);
const byTerminal = sendByTerminal(temporal);
const ANYTHING = [...ARGUMENTS, BROKEN_JSON];
const SENDERS: readonly [string, SendSignal, readonly Argument[]][] = [
  ['by a client of Temporal', byApi, ANYTHING],
  ['by the Temporal CLI', byTerminal, ARGUMENTS],
];

const QUESTION = { code: 'publication_unclear', title: 'Is it there?', detail: 'Look for it.' };
const ASKS: Publication = { next: 'ask', attention: QUESTION };
const DONE: Publication = { next: 'done', doubted: false };
const named = (question: string): Argument => ({
  words: `an answer to ${question}`,
  content: JSON.stringify({ question }),
});

const count = (calls: readonly Call[], activity: Call['activity']) =>
  calls.filter((call) => call.activity === activity).length;
const waits = (calls: readonly Call[], phase: string) =>
  recordedPhases(calls).filter((recorded) => recorded === phase).length;
const phaseOf = async (run: Run) => (await run.query(progress)).phase;
const becomes = (run: Run, phase: string, message: string) =>
  vi.waitFor(async () => {
    const now = await phaseOf(run);
    if (now !== phase) throw new Error(`${message}: the run is ${now} instead of ${phase}`);
  }, POLLING);

/** For many steps on a busy machine. */
const PATIENCE = { timeout: 240_000 };

/** Work that lasts until it is released. */
function holdWork() {
  const { until, release } = held();
  return { release, work: () => heartbeating(() => until) };
}

interface State {
  readonly phase: string;
  readonly script?: (work: () => Promise<void>) => Scripted;
  /** Signals that make the run go on from here; the last one is what it needs in the end. */
  readonly goesOnBy?: readonly string[];
}

const STATES: readonly State[] = [
  { phase: 'inspecting', script: (work) => ({ inspectUpload: work }) },
  {
    phase: 'splitting',
    script: (work) => ({ splitUpload: () => work().then(() => ({ rows: 20, parts: 2 })) }),
  },
  {
    phase: 'delivering',
    script: (work) => ({ preparePart: () => work().then(() => ({ rowsSent: 9, rowsRejected: 1 })) }),
  },
  { phase: 'publishing', script: (work) => ({ publishAudience: () => work().then(() => DONE) }) },
  { phase: 'matching', script: (work) => ({ pollAudience: () => work().then(() => ({ settled: true })) }) },
  {
    phase: 'reporting',
    script: (work) => ({
      endActivation: ({ failure }) =>
        work().then(() => ({ dryRun: false, files: null, audience: null, attention: null, failure })),
    }),
  },
  { phase: 'paused', script: (work) => ({ inspectUpload: work }), goesOnBy: ['resume'] },
  {
    phase: 'waiting_for_approval',
    script: () => ({ closeLedger: async () => ({ people: null, overLimit: QUESTION }) }),
    goesOnBy: ['reject', 'approve'],
  },
];

describe('while workers serve runs', () => {
  const begin = serveByRun(server, client);

  describe.each(SENDERS)('sent %s, with whatever argument', PATIENCE, (_, send, args) => {
    it('pause holds a run and resume lets it go on', async () => {
      const working = holdWork();
      const { activities, calls } = scriptedActivities({ parts: 6, inspectUpload: working.work });
      const run = await begin(activities);
      await becomes(run, 'inspecting', 'at the start');
      for (const argument of args) {
        await send(run.workflowId, 'pause', argument);
        await becomes(run, 'paused', argument.words);
        await send(run.workflowId, 'resume', argument);
        await becomes(run, 'inspecting', argument.words);
      }
      await send(run.workflowId, 'pause', NO_ARGUMENT);
      working.release();
      await becomes(run, 'paused', 'before the end');
      expect(count(calls, 'splitUpload')).toBe(0);
      await send(run.workflowId, 'resume', NO_ARGUMENT);
      await run.result();
      expect(partsOf(calls, 'uploadPart')).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('reconnected makes a waiting run look and go on', async () => {
      // The authorization is lost at each part anew, and works when the run looks.
      let usable = 0;
      const { activities, calls } = scriptedActivities({
        parts: args.length,
        uploadPart: async ({ part }) => {
          if (part >= usable) throw reconnectRequired();
        },
        recheckConnection: async ({ ask }) => {
          if (ask) usable += 1;
          return ask;
        },
      });
      const run = await begin(activities, { lanes: 1 });
      for (const [sent, argument] of args.entries()) {
        const { words: message } = argument;
        await expect.poll(() => waits(calls, 'waiting_for_reconnect'), { message }).toBe(sent + 1);
        await send(run.workflowId, 'reconnected', argument);
      }
      await run.result();
      expect(usable).toBe(args.length);
      expect(new Set(partsOf(calls, 'uploadPart')).size).toBe(args.length);
    });

    it('approve answers what a run asks', async () => {
      const answers = [...args, named(QUESTION.code)];
      const { activities, calls } = scriptedActivities({
        parts: 1,
        publishAudience: async () => (count(calls, 'publishAudience') <= answers.length ? ASKS : DONE),
      });
      const run = await begin(activities);
      for (const [sent, argument] of answers.entries()) {
        const { words: message } = argument;
        await expect.poll(() => waits(calls, 'waiting_for_approval'), { message }).toBe(sent + 1);
        await send(run.workflowId, 'approve', argument);
      }
      await run.result();
      expect(count(calls, 'publishAudience')).toBe(answers.length + 1);
    });

    it('reject ends what a run asks', async () => {
      const answers = [...args, named(QUESTION.code)];
      const { activities, calls } = scriptedActivities({ parts: 1, publishAudience: async () => ASKS });
      await Promise.all(
        answers.map(async (argument) => {
          const run = await begin(activities);
          await becomes(run, 'waiting_for_approval', argument.words);
          await send(run.workflowId, 'reject', argument);
          await expect(run.result(), argument.words).rejects.toThrow(WorkflowFailedError);
        }),
      );
      expect(calls.filter(({ failure }) => failure === 'publication_rejected')).toHaveLength(answers.length);
      expect(count(calls, 'publishAudience')).toBe(answers.length);
    });
  });

  describe.concurrent('in a state in which they mean nothing, signals change nothing', PATIENCE, () => {
    it.for(STATES)('$phase', async ({ phase, script, goesOnBy = [] }, { expect }) => {
      const working = holdWork();
      const { activities, calls } = scriptedActivities({ parts: 2, ...script?.(working.work) });
      const senseless = ['resume', 'reconnected', 'approve', 'reject'].filter(
        (name) => !goesOnBy.includes(name),
      );
      const run = await begin(activities);
      if (phase === 'paused') await byApi(run.workflowId, 'pause', NO_ARGUMENT);
      await becomes(run, phase, 'at the start');
      for (const name of senseless) {
        await Promise.all(ANYTHING.map((argument) => byApi(run.workflowId, name, argument)));
      }
      for (const name of ['approve', 'reject']) await byApi(run.workflowId, name, named('another_question'));
      expect(await phaseOf(run)).toBe(phase);
      if (phase !== 'paused') {
        for (const name of ['pause', 'pause', 'resume', 'resume'])
          await byApi(run.workflowId, name, NO_ARGUMENT);
        expect(await phaseOf(run)).toBe(phase);
      }
      working.release();
      const last = goesOnBy.at(-1);
      if (last !== undefined) await byApi(run.workflowId, last, NO_ARGUMENT);
      await run.result();
      expect(partsOf(calls, 'uploadPart')).toEqual([0, 1]);
      expect(count(calls, 'publishAudience')).toBe(1);
      expect(calls.filter(({ activity }) => activity === 'endActivation')).toEqual([
        { activity: 'endActivation', outcome: 'completed' },
      ]);
    });

    it('waiting_for_reconnect, while TikTok still refuses', async ({ expect }) => {
      let usable = false;
      const { activities, calls } = scriptedActivities({
        parts: 2,
        uploadPart: async () => {
          if (!usable) throw reconnectRequired();
        },
        recheckConnection: async ({ ask }) => ask && usable,
      });
      const run = await begin(activities);
      await becomes(run, 'waiting_for_reconnect', 'at the start');
      for (const name of ['resume', 'reconnected', 'approve', 'reject']) {
        await Promise.all(ANYTHING.map((argument) => byApi(run.workflowId, name, argument)));
      }
      expect(await phaseOf(run)).toBe('waiting_for_reconnect');
      usable = true;
      await byApi(run.workflowId, 'reconnected', NO_ARGUMENT);
      await run.result();
      expect(waits(calls, 'waiting_for_reconnect')).toBe(1);
      expect(count(calls, 'publishAudience')).toBe(1);
    });

    it.for(['completed', 'failed', 'canceled'])('%s: they are refused', async (outcome, { expect }) => {
      const { activities, calls } = scriptedActivities({
        parts: 1,
        pollAudience: async () => ({ settled: outcome === 'completed' }),
        publishAudience: async () => (outcome === 'failed' ? ASKS : DONE),
      });
      const run = await begin(activities);
      if (outcome === 'failed') {
        await becomes(run, 'waiting_for_approval', 'before its end');
        await byApi(run.workflowId, 'reject', NO_ARGUMENT);
      }
      if (outcome === 'canceled') {
        await becomes(run, 'matching', 'before its end');
        await run.cancel();
      }
      await run.result().catch(() => undefined);
      const ended = await run.describe();
      for (const name of ['pause', 'resume', 'reconnected', 'approve', 'reject']) {
        await expect(byApi(run.workflowId, name, NO_ARGUMENT)).rejects.toThrow(/already completed/);
        await expect(byTerminal(run.workflowId, name, NO_ARGUMENT)).rejects.toThrow(/already completed/);
      }
      expect((await run.describe()).historyLength).toBe(ended.historyLength);
      expect(await phaseOf(run)).toBe(outcome);
      expect(calls.at(-1)).toMatchObject({ activity: 'endActivation', outcome });
    });
  });
});

describe('before a worker has seen the run', () => {
  it('signals come all the same', async () => {
    const { activities, calls } = scriptedActivities({ parts: 2 });
    const run = await startRun(client);
    for (const argument of ANYTHING) {
      for (const name of ['pause', 'resume', 'reconnected', 'approve', 'reject']) {
        await byApi(run.workflowId, name, argument);
      }
    }
    await byApi(run.workflowId, 'pause', NO_ARGUMENT);
    await withWorkers(server, activities, async () => {
      await standsStill(run, []);
      expect(await phaseOf(run)).toBe('paused');
      expect(partsOf(calls, 'preparePart')).toEqual([]);
      await byApi(run.workflowId, 'resume', NO_ARGUMENT);
      await run.result();
    });
    expect(partsOf(calls, 'uploadPart')).toEqual([0, 1]);
    expect(count(calls, 'publishAudience')).toBe(1);
    expect(calls.at(-1)).toMatchObject({ outcome: 'completed' });
  });

  it.each([
    [['resume', 'pause'], 'paused'],
    [['pause', 'reconnected', 'resume', 'approve', 'pause'], 'paused'],
    [['pause', 'resume'], 'completed'],
    [['pause', 'pause', 'reject', 'resume', 'resume'], 'completed'],
  ])('signals are taken in their order: %j', async (sent, phase) => {
    const { activities } = scriptedActivities({ parts: 1 });
    const run = await startRun(client, { dryRun: true });
    for (const name of sent) await byApi(run.workflowId, name, NO_ARGUMENT);
    await withWorkers(server, activities, async () => {
      await standsStill(run, []);
      expect(await phaseOf(run)).toBe(phase);
      if (phase === 'paused') await byApi(run.workflowId, 'resume', NO_ARGUMENT);
      await run.result();
    });
  });
});

describe("Temporal's command line", () => {
  it('sends no broken JSON, and says so', async () => {
    const { activities } = scriptedActivities({ parts: 1 });
    const run = await startRun(client, { dryRun: true });
    await expect(byTerminal(run.workflowId, 'pause', BROKEN_JSON)).rejects.toThrow('not valid JSON');
    await withWorkers(server, activities, () => run.result());
  });
});
