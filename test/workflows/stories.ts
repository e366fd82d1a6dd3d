import { ApplicationFailure } from '@temporalio/client';
import type { Activities } from '../../src/activities/create-activities.js';
import type { ActivateAudienceInput } from '../../src/workflows/messages.js';
import type { BeginRun } from './activities-by-run.js';
import { held } from './held.js';
import { scriptedActivities } from './scripted-activities.js';
import { cancelsActivity, standsStill } from './standing-still.js';
import type { startRun } from './workflow-worker.js';

/**
 * A path through the workflow, as `npm run record-histories` takes it. It takes the same path each time: what people do
 * comes when the run stands still, and activities that could overtake each other are held.
 */
export interface Story {
  readonly input?: Partial<ActivateAudienceInput>;
  readonly activities?: Partial<Activities>;
  /** What people do meanwhile. */
  readonly during?: (run: Awaited<ReturnType<typeof startRun>>) => Promise<void>;
  /** Hours that nobody wants to wait for. */
  readonly skipsTime?: boolean;
}

/**
 * Tells a story, and returns the id of its run.
 *
 * @param story made anew for each telling, since its activities remember
 */
export async function tell(story: Story, begin: BeginRun): Promise<string> {
  const { activities } = scriptedActivities({ parts: 3, ...story.activities });
  const run = await begin(activities, { lanes: 2, ...story.input });
  await story.during?.(run);
  await run.result().catch(() => undefined);
  return run.workflowId;
}

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

/** Waits until both lanes are at it, so that both find out before either of them acts upon it. */
function bothLanes(): () => Promise<void> {
  const both = held();
  let come = 0;
  return async () => {
    come += 1;
    if (come === 2) both.release();
    await both.until;
  };
}

/** An authorization that does not work until the run has asked a second time, which it does after the signal. */
function untilReconnected(): Pick<Activities, 'uploadPart' | 'recheckConnection'> {
  const found = bothLanes();
  let usable = false;
  return {
    uploadPart: async () => {
      await found();
      if (!usable) throw reconnectRequired();
    },
    recheckConnection: async ({ ask }) => {
      usable = ask;
      return ask;
    },
  };
}

/**
 * For two lanes: part 0 is under way at TikTok while part 1 cannot be prepared.
 *
 * @param afterStop how the upload ends when `stopped` is released
 */
export function failsBesideAnUpload(afterStop = () => {}) {
  const uploading = held();
  const stopped = held();
  const activities: Partial<Activities> = {
    uploadPart: async () => {
      uploading.release();
      await stopped.until;
      afterStop();
    },
    preparePart: async ({ part }) => {
      if (part === 0) return { rowsSent: 9, rowsRejected: 1 };
      await uploading.until;
      throw tooManyRejected();
    },
  };
  return { activities, stopped };
}

export function tooManyRejected(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('Too many rows are rejected.', 'rejected_row_limit');
}

/** By the name of the file of the recorded history. */
export const STORIES: Readonly<Record<string, () => Story>> = {
  straight: () => ({}),
  append: () => ({ input: { action: 'append' } }),
  'dry-run': () => ({ input: { dryRun: true } }),
  reconnected: () => ({
    activities: untilReconnected(),
    during: async (run) => {
      await standsStill(run, ['awaitReconnect', 'timer']);
      await run.signal('reconnected');
    },
  }),
  'reconnect-timed-out': () => {
    const found = bothLanes();
    return {
      skipsTime: true,
      input: { reconnectWithinMs: 3_600_000 },
      activities: {
        uploadPart: async () => {
          await found();
          throw reconnectRequired();
        },
      },
    };
  },
  'paused-and-resumed': () => {
    const inspected = held();
    return {
      activities: { inspectUpload: () => inspected.until },
      during: async (run) => {
        for (const signal of ['pause', 'resume']) {
          await standsStill(run, ['inspectUpload']);
          await run.signal(signal);
        }
        await standsStill(run, ['inspectUpload']);
        inspected.release();
      },
    };
  },
  'paused-while-publishing': () => {
    const turn = held();
    return {
      input: { action: 'append' },
      activities: { awaitTurn: () => turn.until },
      during: async (run) => {
        await standsStill(run, ['awaitTurn']);
        await run.signal('pause');
        await standsStill(run, ['awaitTurn']);
        turn.release();
        await standsStill(run, []);
        await run.signal('resume');
      },
    };
  },
  'canceled-while-publishing': () => ({
    activities: {
      publishAudience: async ({ lookOnly }) =>
        lookOnly ? { next: 'nothing' } : { next: 'look', inMs: 3_600_000 },
    },
    during: async (run) => {
      await standsStill(run, ['timer']);
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
  'continued-while-waiting': () => {
    const asked = held();
    const signalled = held();
    return {
      input: { continueAfterEvents: 70 },
      activities: {
        ...untilReconnectedFrom(12),
        // The signals are there when the wait begins, or the slow check could end it before they come.
        recordPhase: async ({ phase }) => {
          if (phase !== 'waiting_for_reconnect') return;
          asked.release();
          await signalled.until;
        },
      },
      during: async (run) => {
        await asked.until;
        for (let sent = 0; sent < 12; sent += 1) await run.signal('reconnected');
        signalled.release();
      },
    };
  },
  'plan-outdated': () => {
    const begun = bothLanes();
    const stopped = held();
    let upgraded = false;
    return {
      activities: {
        preparePart: async ({ part }) => {
          await begun();
          if (part === 1 && !upgraded) {
            upgraded = true;
            throw ApplicationFailure.nonRetryable('The plan is of an earlier engine.', 'plan_outdated');
          }
          if (part === 0) await stopped.until;
          return { rowsSent: 9, rowsRejected: 1 };
        },
      },
      during: async (run) => {
        await cancelsActivity(run);
        stopped.release();
      },
    };
  },
  canceled: () => ({
    activities: { pollAudience: async () => ({ settled: false }) },
    during: async (run) => {
      await standsStill(run, ['timer']);
      await run.cancel();
    },
  }),
  failed: () => {
    const begun = bothLanes();
    const stopped = held();
    return {
      activities: {
        preparePart: async ({ part }) => {
          await begun();
          if (part === 1) await stopped.until;
          throw tooManyRejected();
        },
      },
      during: async (run) => {
        await cancelsActivity(run);
        stopped.release();
      },
    };
  },
  'failed-beside-an-upload': () => {
    const { activities, stopped } = failsBesideAnUpload();
    return {
      activities,
      during: async (run) => {
        await cancelsActivity(run);
        await standsStill(run, ['uploadPart']);
        stopped.release();
      },
    };
  },
  'canceled-while-uploading': () => {
    const stopped = held();
    return {
      input: { lanes: 1 },
      activities: { uploadPart: () => stopped.until },
      during: async (run) => {
        await standsStill(run, ['uploadPart']);
        await run.cancel();
        await cancelsActivity(run);
        await standsStill(run, ['uploadPart']);
        stopped.release();
      },
    };
  },
  'canceled-while-waiting-for-its-turn': () => {
    const turn = held();
    return {
      input: { action: 'append' },
      activities: {
        awaitTurn: () => turn.until,
        // Asked before the run was reset to here.
        publishAudience: async () => ({ next: 'done', doubted: false }),
      },
      during: async (run) => {
        await standsStill(run, ['awaitTurn']);
        await run.cancel();
        await cancelsActivity(run);
        turn.release();
      },
    };
  },
  'removal-rejected': () => ({
    input: { action: 'remove' },
    activities: { checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 1_019 }) },
    during: async (run) => {
      await standsStill(run, ['timer']);
      await run.signal('reject');
    },
  }),
  'replacement-approved': () => ({
    input: { action: 'replace' },
    activities: {
      checkDestination: async () => ({ calculateType: 'EMAIL_SHA256', matched: 5_000 }),
      closeLedger: async () => ({ people: 27, overLimit: null }),
    },
    during: async (run) => {
      await standsStill(run, ['timer']);
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
    during: async (run) => {
      await standsStill(run, ['timer']);
      await run.signal('approve');
    },
  }),
  'files-lost': () => ({
    activities: {
      publishAudience: async ({ repeats }) =>
        repeats === 0 ? { next: 'upload_again', parts: [1], lost: true } : { next: 'done', doubted: false },
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
      during: async (run) => {
        await run.result();
        await run.client.getHandle(`${run.workflowId}-extras`).result();
      },
    };
  },
};

function rowsOf(parts: number): Activities['splitUpload'] {
  return async () => ({ rows: parts * 10, parts });
}

/** Like `untilReconnected`, but the authorization works only when the run has asked that often. */
function untilReconnectedFrom(asks: number): Partial<Activities> {
  const found = bothLanes();
  let asked = 0;
  return {
    uploadPart: async () => {
      await found();
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
