import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeAll, expect, it } from 'vitest';
import { findPublication } from '../../src/database/publications.js';
import type { TikTokClient } from '../../src/tiktok/client.js';
import { recordUpload } from '../support/recorded-upload.js';
import { type LocalActivities, localActivities } from './local-activities.js';
import { scriptedAccess } from './scripted-access.js';

/** The request to TikTok that is under way. */
interface Request {
  readonly signal: AbortSignal;
  answer(): void;
}

let arrived: (request: Request) => void;

const scripted: Partial<TikTokClient> = {
  async createAudience(_token, _audience, signal, letGo) {
    letGo?.();
    await new Promise<void>((resolve, reject) => {
      if (signal === undefined) throw new Error('a publication is asked for without a signal');
      signal.addEventListener('abort', () => reject(signal.reason));
      arrived({ signal, answer: resolve });
    });
    return { audienceId: '9000001', requestId: null, warning: null };
  },
  renameAudience: async () => undefined,
};

let local: LocalActivities;
beforeAll(async () => {
  local = await localActivities({ access: scriptedAccess(scripted) });
});

/** An attempt whose request TikTok has and has not answered yet. The SDK stops it as `cancel` says. */
async function publishing() {
  const { activities, db } = local;
  const activationId = await local.newRun('person@example.com\n');
  await local.call(activities.splitUpload, { activationId, calculateType: null });
  await local.call(activities.preparePart, { activationId, part: 0 });
  await recordUpload(db, { activationId, partIndex: 0, filePath: 'file', requestId: null, bytes: 1 });
  const environment = new MockActivityEnvironment();
  const sent = new Promise<Request>((resolve) => {
    arrived = resolve;
  });
  const input = { activationId, repeats: 0, goAhead: false };
  const publication = environment.run(activities.publishAudience, input);
  publication.catch(() => undefined);
  return { activationId, environment, publication, request: await sent };
}

it('a cancellation waits for the answer to what TikTok was asked', async () => {
  const { environment, publication, request } = await publishing();
  environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
  expect(request.signal.aborted).toBe(false);
  request.answer();
  expect(await publication).toEqual({ next: 'done', doubted: false });
});

it('a shutdown of the worker does not, and the next attempt looks for it', async () => {
  const { activationId, environment, publication, request } = await publishing();
  environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
  expect(request.signal.aborted).toBe(true);
  await expect(publication).rejects.toBeInstanceOf(CancelledFailure);
  const left = await findPublication(local.db, activationId);
  expect(left).toMatchObject({ published_at: null, send_before: expect.any(Date) });
});
