import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RATE_LIMIT_PAUSE } from '../../src/activation/rate-limit-pause.js';
import { recordPublished, recordSend, recordSendOver } from '../../src/database/publications.js';
import type { AudienceDetails, TikTokClient } from '../../src/tiktok/client.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import { recordUpload } from '../support/recorded-upload.js';
import { type LocalActivities, localActivities } from './local-activities.js';
import { scriptedAccess } from './scripted-access.js';

const HOUR_MS = 3_600_000;
/** The size for which a person has confirmed the replacement. */
const CONFIRMED = 5_000;

const AS_CONFIRMED: AudienceDetails = {
  audienceId: '195400000',
  name: 'Buyers',
  type: 'Customer File Audience',
  calculateType: 'EMAIL_SHA256',
  coverNum: CONFIRMED,
  isValid: true,
  isCreator: true,
  isExpiring: false,
  expiredTime: null,
  errorMessage: null,
  message: null,
  history: [],
};
let audience = AS_CONFIRMED;
/** Of each test its own: runs change an audience one after the other. */
let audienceId = 195_400_000;
/** TikTok's limits allow no call. */
let limited = false;
/** TikTok calls the audience editable and refuses its change. */
let refusing = false;
let updates = 0;

const scripted: Partial<TikTokClient> = {
  async getAudiences() {
    if (limited) throw rateLimit();
    return [audience];
  },
  async updateAudience(_token, _update, _signal, letGo) {
    letGo?.();
    if (refusing) throw notEditable();
    updates += 1;
    return { requestId: null, warning: null };
  },
  async listAudiences() {
    return { audiences: [], page: 1, totalPages: 1, total: 400 };
  },
};

function notEditable(): TikTokError {
  const details = { code: 40002, httpStatus: 200, requestId: null, endpoint: 'update/', advice: '' };
  return new TikTokError('not_editable', 'Audience is not editable', details);
}

function rateLimit(): TikTokError {
  const details = { code: 40100, httpStatus: 200, requestId: null, endpoint: 'get/', advice: '' };
  const wait = { until: new Date(Date.now() + 5 * 60_000), waitMs: 5 * 60_000 };
  return new TikTokError('rate_limit', 'too many requests', details).withWait(wait);
}

let local: LocalActivities;
beforeAll(async () => {
  local = await localActivities({ access: scriptedAccess(scripted) });
});
beforeEach(() => {
  audienceId += 1;
  audience = AS_CONFIRMED;
  limited = false;
  refusing = false;
  updates = 0;
});

async function replacing(): Promise<string> {
  return local.newRun('person@example.com\n', {
    audience: { action: 'replace', audienceId: `${audienceId}`, confirmCurrentSize: CONFIRMED },
    dryRun: false,
  });
}

const intent = (activationId: string) => ({
  activationId,
  action: 'REPLACE',
  oneTimeName: null,
  audienceId: `${audienceId}`,
  historyBefore: [],
});

/** As after a request whose answer was missed. */
async function ask(activationId: string): Promise<void> {
  const sends = await recordSend(local.db, intent(activationId), 0, 0);
  if (sends === null) throw new Error('nothing was recorded');
  await recordSendOver(local.db, activationId, sends, 'unknown');
}

/** A part of it is uploaded, so that it can be published. */
async function deliver(activationId: string): Promise<void> {
  const { activities, call, db } = local;
  await call(activities.splitUpload, { activationId, calculateType: 'EMAIL_SHA256' });
  await call(activities.preparePart, { activationId, part: 0 });
  await recordUpload(db, { activationId, partIndex: 0, filePath: 'file', requestId: null, bytes: 1 });
}

const attempt = (activationId: string, goAhead = false) =>
  local.call(local.activities.publishAudience, { activationId, repeats: 0, goAhead });

async function setPublication(activationId: string, values: { sends?: number; send_before?: Date | null }) {
  await local.db.updateTable('publications').set(values).where('activation_id', '=', activationId).execute();
}

const replaced = { action: 'replace', editor: null, time: null, detail: null, message: null };

async function publish(activationId: string): Promise<void> {
  await recordSend(local.db, intent(activationId), 0, 0);
  const outcome = { audienceId: `${audienceId}`, requestId: null, warning: null, doubted: false };
  await recordPublished(local.db, activationId, outcome);
}

/** @param sinceMs since when the activity waits */
function awaited(activationId: string, sinceMs: number): Promise<void> {
  const environment = new MockActivityEnvironment({ scheduledTimestampMs: Date.now() - sinceMs });
  return environment.run(local.activities.awaitTurn, { activationId });
}

async function ageTurn(activationId: string): Promise<void> {
  await local.db
    .updateTable('audience_turns')
    .set({ taken_at: new Date(Date.now() - 100 * HOUR_MS) })
    .where('activation_id', '=', activationId)
    .execute();
}

describe('a replacement whose audience has another size than was confirmed', () => {
  const otherSize = { ...AS_CONFIRMED, coverNum: 1_200 };

  it('ends before TikTok is asked', async () => {
    const { activities, call } = local;
    const activationId = await replacing();
    audience = otherSize;
    const other = { type: 'audience_size_changed' };
    await expect(call(activities.checkDestination, { activationId })).rejects.toMatchObject(other);
    await expect(call(activities.awaitTurn, { activationId })).rejects.toMatchObject(other);
  });

  // As when the run was reset in Temporal: it goes the same way again, with what is recorded.
  it.each([
    ['may have taken it', ask],
    ['has taken it', publish],
  ])('goes on once TikTok %s: it is the run that changed it', async (_what, happened) => {
    const { activities, call } = local;
    const activationId = await replacing();
    await happened(activationId);
    audience = otherSize;
    expect(await call(activities.checkDestination, { activationId })).toEqual({
      calculateType: 'EMAIL_SHA256',
      matched: null,
    });
    await call(activities.awaitTurn, { activationId });
  });
});

it('an audience that was created already needs no room for another one', async () => {
  const { activities, call } = local;
  const activationId = await local.newRun('person@example.com\n');
  await expect(call(activities.checkDestination, { activationId })).rejects.toMatchObject({
    type: 'audience_limit_reached',
  });
  await publish(activationId);
  expect(await call(activities.checkDestination, { activationId })).toEqual({
    calculateType: null,
    matched: null,
  });
});

it('a run whose request may have been taken waits while TikTok is at work on the audience, also for three days at most', async () => {
  const activationId = await replacing();
  await ask(activationId);
  audience = { ...AS_CONFIRMED, coverNum: 1_200, isValid: false };
  await expect(awaited(activationId, 0)).rejects.toMatchObject({ type: 'audience_busy' });
  await ageTurn(activationId);
  await expect(awaited(activationId, 73 * HOUR_MS)).rejects.toMatchObject({ type: 'audience_not_editable' });
  await publish(activationId);
  await awaited(activationId, 73 * HOUR_MS);
});

describe('an audience that TikTok does not let be changed', () => {
  it('is given up after three days, of which none counts in which nobody looked', async () => {
    const activationId = await replacing();
    audience = { ...AS_CONFIRMED, isValid: false };
    await expect(awaited(activationId, 0)).rejects.toMatchObject({ type: 'audience_busy' });
    await ageTurn(activationId);
    await expect(awaited(activationId, HOUR_MS)).rejects.toMatchObject({ type: 'audience_busy' });
    await expect(awaited(activationId, 73 * HOUR_MS)).rejects.toMatchObject({
      type: 'audience_not_editable',
    });
  });
});

it('a replacement that a person wants once more is made, whatever size the first one has left', async () => {
  const activationId = await replacing();
  await deliver(activationId);
  await ask(activationId);
  const entry = { action: 'of another word', editor: null, time: null, detail: null, message: null };
  audience = { ...AS_CONFIRMED, coverNum: 1_200, history: [entry] };
  expect(await attempt(activationId)).toMatchObject({ next: 'ask' });
  expect(await attempt(activationId, true)).toMatchObject({ next: 'done' });
  expect(updates).toBe(1);
});

it('a repetition that is refused does not make the first request undone, which TikTok may show late', async () => {
  const activationId = await replacing();
  await deliver(activationId);
  await ask(activationId);
  await setPublication(activationId, { send_before: new Date(Date.now() - HOUR_MS) });
  refusing = true;
  expect(await attempt(activationId)).toEqual({ next: 'take_turn' });
  audience = { ...AS_CONFIRMED, coverNum: 1_200 };
  await awaited(activationId, 0);
  audience = { ...audience, history: [replaced] };
  expect(await attempt(activationId)).toMatchObject({ next: 'done' });
  expect(updates).toBe(0);
});

it('what a person wanted once more is not given up for the size that it may have left, although its repetition was refused', async () => {
  const activationId = await replacing();
  await deliver(activationId);
  await ask(activationId);
  const entry = { action: 'of another word', editor: null, time: null, detail: null, message: null };
  audience = { ...AS_CONFIRMED, coverNum: 1_200, history: [entry] };
  refusing = true;
  expect(await attempt(activationId, true)).toEqual({ next: 'take_turn' });
  expect(await attempt(activationId, true)).toMatchObject({ next: 'look' });
  await setPublication(activationId, { send_before: new Date(Date.now() - HOUR_MS) });
  refusing = false;
  expect(await attempt(activationId)).toMatchObject({ next: 'done' });
});

describe('two runs that change one audience', () => {
  it('do not take the change of the other for their own: a person is asked', async () => {
    const [reset, other] = [await replacing(), await replacing()];
    await deliver(reset);
    await ask(reset);
    await publish(other);
    audience = { ...AS_CONFIRMED, history: [replaced] };
    expect(await attempt(reset)).toMatchObject({ next: 'ask' });
  });

  it('change it one after the other, also when one was reset behind the wait for its turn', async () => {
    const [first, reset] = [await replacing(), await replacing()];
    await awaited(first, 0);
    await deliver(reset);
    expect(await attempt(reset)).toEqual({ next: 'take_turn' });
    expect(updates).toBe(0);
  });
});

it('a change that TikTok always refuses, although it calls the audience editable, is given up after three days', async () => {
  const activationId = await replacing();
  await deliver(activationId);
  refusing = true;
  expect(await attempt(activationId)).toEqual({ next: 'take_turn' });
  await setPublication(activationId, { sends: 8_639 });
  await expect(attempt(activationId)).rejects.toMatchObject({ type: 'audience_not_editable' });
});

describe('a cancelled run whose request may have been taken', () => {
  const look = (activationId: string, lookOnly: boolean) =>
    local.call(local.activities.publishAudience, { activationId, repeats: 0, goAhead: false, lookOnly });

  it("waits for TikTok's limits itself: the gate of the run is gone", async () => {
    const activationId = await replacing();
    await ask(activationId);
    limited = true;
    await expect(look(activationId, false)).rejects.toMatchObject({
      type: RATE_LIMIT_PAUSE,
      nonRetryable: true,
    });
    await expect(look(activationId, true)).rejects.toMatchObject({
      type: 'tiktok_rate_limit',
      nonRetryable: false,
      nextRetryDelay: 300_000,
    });
  });

  it('looks for an hour while TikTok is at work on the audience, and not for ever', async () => {
    const activationId = await replacing();
    await ask(activationId);
    audience = { ...AS_CONFIRMED, isValid: false };
    expect(await look(activationId, true)).toMatchObject({ next: 'look' });
    await local.db
      .updateTable('publications')
      .set({ send_before: new Date(Date.now() - 61 * 60_000) })
      .where('activation_id', '=', activationId)
      .execute();
    expect(await look(activationId, false)).toMatchObject({ next: 'look' });
    expect(await look(activationId, true)).toEqual({ next: 'nothing' });
  });

  it.each([
    ['has expired', { expiredTime: '2020-01-01 00:00:00' }],
    ['has ended empty', { errorMessage: 'The audience size is less than 1000.', coverNum: 0 }],
  ])('does not wait for an audience that %s', async (_what, end) => {
    const activationId = await replacing();
    await ask(activationId);
    await local.db
      .updateTable('publications')
      .set({ send_before: new Date(Date.now() - 60_000) })
      .where('activation_id', '=', activationId)
      .execute();
    audience = { ...AS_CONFIRMED, isValid: false, ...end };
    expect(await look(activationId, true)).toEqual({ next: 'nothing' });
  });
});
