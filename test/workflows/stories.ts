import { ApplicationFailure, type Client } from '@temporalio/client';
import { expect } from 'vitest';
import type { Activities } from '../../src/activities/create-activities.js';
import type { ActivateAudienceInput } from '../../src/workflows/messages.js';
import type { WorkerServer } from '../support/temporal.js';
import { type Call, recordedPhases, scriptedActivities } from './scripted-activities.js';
import { startRun, withWorkers } from './workflow-worker.js';

/** A path through the workflow, as `npm run record-histories` takes it. */
interface Story {
  readonly input?: Partial<ActivateAudienceInput>;
  readonly activities?: Partial<Activities>;
  /** What people do meanwhile. */
  readonly during?: (run: Awaited<ReturnType<typeof startRun>>, calls: readonly Call[]) => Promise<void>;
  /** Hours that nobody wants to wait for. */
  readonly skipsTime?: boolean;
}

/** @param stories made anew for each telling, since their activities remember */
export async function tell(story: Story, server: WorkerServer, client: Client): Promise<string> {
  const { activities, calls } = scriptedActivities({ parts: 3, ...story.activities });
  return withWorkers(server, activities, async () => {
    const run = await startRun(client, { lanes: 2, ...story.input });
    await story.during?.(run, calls);
    await run.result().catch(() => undefined);
    if (story.skipsTime) await client.workflow.getHandle(`${run.workflowId}-extras`).result();
    return run.workflowId;
  });
}

const phase = (calls: readonly Call[], wanted: string) =>
  expect.poll(() => recordedPhases(calls).at(-1)).toBe(wanted);

export function reconnectRequired(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'reconnect_required',
    nonRetryable: true,
    message: 'TikTok refused the authorization.',
    details: [
      {
        version: 1,
        attention: {
          code: 'reconnect_tiktok',
          title: 'Reconnect TikTok',
          detail: 'Sign in at TikTok again.',
        },
      },
    ],
  });
}

export function rateLimit(waitMs: number): ApplicationFailure {
  const until = new Date(Date.now() + waitMs).toISOString();
  return ApplicationFailure.create({
    type: 'tiktok_rate_limit_pause',
    nonRetryable: true,
    message: 'A limit of TikTok is reached.',
    details: [{ waitMs, until }],
  });
}

/** An authorization that does not work until the run has asked a second time, which it does after the signal. */
function untilReconnected(): Pick<Activities, 'uploadPart' | 'recheckConnection'> {
  let usable = false;
  return {
    uploadPart: async () => {
      if (!usable) throw reconnectRequired();
    },
    recheckConnection: async ({ ask }) => {
      usable = ask;
      return ask;
    },
  };
}

/** By the name of the file of the recorded history. */
export const STORIES: Readonly<Record<string, () => Story>> = {
  straight: () => ({}),
  append: () => ({ input: { action: 'append' } }),
  'dry-run': () => ({ input: { dryRun: true } }),
  reconnected: () => ({
    activities: untilReconnected(),
    during: async (run, calls) => {
      await phase(calls, 'waiting_for_reconnect');
      await run.signal('reconnected');
    },
  }),
  'reconnect-timed-out': () => ({
    input: { reconnectWithinMs: 500 },
    activities: {
      uploadPart: async () => {
        throw reconnectRequired();
      },
    },
  }),
  'paused-and-resumed': () => {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    return {
      activities: { inspectUpload: () => begun },
      during: async (run, calls) => {
        await phase(calls, 'inspecting');
        await run.signal('pause');
        await phase(calls, 'paused');
        begin();
        await run.signal('resume');
      },
    };
  },
  'paused-while-publishing': () => {
    let come = () => {};
    const turn = new Promise<void>((resolve) => {
      come = resolve;
    });
    return {
      input: { action: 'append' },
      activities: { awaitTurn: () => turn },
      during: async (run, calls) => {
        await phase(calls, 'publishing');
        await run.signal('pause');
        await phase(calls, 'paused');
        come();
        await run.signal('resume');
      },
    };
  },
  'canceled-while-publishing': () => ({
    activities: {
      publishAudience: async ({ lookOnly }) =>
        lookOnly ? { next: 'nothing' } : { next: 'look', inMs: 3_600_000 },
    },
    during: async (run, calls) => {
      await expect.poll(() => calls.some(({ activity }) => activity === 'publishAudience')).toBe(true);
      await run.cancel();
    },
  }),
  'rate-limited': () => {
    let refused = false;
    return {
      activities: {
        uploadPart: async ({ part }) => {
          if (refused || part !== 1) return;
          refused = true;
          throw rateLimit(1_000);
        },
      },
    };
  },
  'continued-as-new': () => ({ input: { continueAfterEvents: 60 }, activities: { splitUpload: rowsOf(10) } }),
  'continued-while-waiting': () => ({
    input: { continueAfterEvents: 70 },
    activities: untilReconnectedFrom(12),
    during: async (run, calls) => {
      await phase(calls, 'waiting_for_reconnect');
      for (let sent = 0; sent < 12; sent += 1) await run.signal('reconnected');
    },
  }),
  'plan-outdated': () => {
    let upgraded = false;
    return {
      activities: {
        preparePart: async () => {
          if (upgraded) return { rowsSent: 9, rowsRejected: 1 };
          upgraded = true;
          throw ApplicationFailure.nonRetryable('The plan is of an earlier engine.', 'plan_outdated');
        },
      },
    };
  },
  canceled: () => ({
    activities: { pollAudience: async () => ({ settled: false }) },
    during: async (run, calls) => {
      await phase(calls, 'matching');
      await run.cancel();
    },
  }),
  failed: () => ({
    activities: {
      preparePart: async () => {
        throw ApplicationFailure.nonRetryable('Too many rows are rejected.', 'rejected_row_limit');
      },
    },
  }),
  'removal-rejected': () => ({
    input: { action: 'remove' },
    activities: { checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 1_019 }) },
    during: async (run, calls) => {
      await phase(calls, 'waiting_for_approval');
      await run.signal('reject');
    },
  }),
  'replacement-approved': () => ({
    input: { action: 'replace' },
    activities: {
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 5_000 }),
      closeLedger: async () => ({ people: 27, overLimit: null }),
    },
    during: async (run, calls) => {
      await phase(calls, 'waiting_for_approval');
      await run.signal('approve');
    },
  }),
  'rejected-rows-approved': () => ({
    activities: {
      closeLedger: async () => ({
        people: null,
        overLimit: { code: 'rejected_rows_over_limit', title: 'Too many?', detail: '3 of 30 rows.' },
      }),
    },
    during: async (run, calls) => {
      await phase(calls, 'waiting_for_approval');
      await run.signal('approve');
    },
  }),
  'files-lost': () => ({
    activities: {
      publishAudience: async ({ repeats }) =>
        repeats === 0 ? { next: 'upload_again', parts: [1] } : { next: 'done', doubted: false },
    },
  }),
  'answer-missed': () => {
    let looks = 0;
    return {
      skipsTime: true,
      activities: {
        publishAudience: async () => {
          looks += 1;
          return looks < 3 ? { next: 'look', inMs: looks * 1_000 } : { next: 'done', doubted: true };
        },
        pollAudience: async ({ elapsedMs }) => ({ settled: elapsedMs > 60_000 }),
      },
    };
  },
};

function rowsOf(parts: number): Activities['splitUpload'] {
  return async () => ({ rows: parts * 10, parts });
}

/** Like `untilReconnected`, but the authorization works only when the run has asked that often. */
function untilReconnectedFrom(asks: number): Partial<Activities> {
  let asked = 0;
  return {
    uploadPart: async () => {
      if (asked < asks) throw reconnectRequired();
    },
    recheckConnection: async ({ ask }) => {
      if (ask) asked += 1;
      return asked >= asks;
    },
    // So that the wait ends also when several signals were answered by one look.
    awaitReconnect: async () => {
      asked = asks;
    },
  };
}
