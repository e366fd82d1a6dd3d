import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVERTISER, customers, startTestStack, type TestStack } from '../service/test-stack.js';
import { launchChromium } from './chromium.js';
import { WebUi } from './web-ui.js';

const ROWS = 40_000;
const UPLOAD = 'dmp/custom_audience/file/upload/';
const AUDIENCE_PERMISSION = '31';

let product: TestStack;
let browser: Browser;
let ui: WebUi;
let finished: string;
let paused: string;
let waiting: string;
let failed: string;
let asking: string;

beforeAll(async () => {
  browser = await launchChromium();
  product = await startTestStack({ PART_BYTES: '200000' });
  const { temporalUi } = product.stack.addresses;
  if (temporalUi === null) throw new Error('the stack has no Temporal Web UI');
  ui = new WebUi(await browser.newPage({ viewport: { width: 1400, height: 1000 } }), temporalUi);

  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  const connectionId = await product.connect();
  const uploadId = await product.upload(customers(ROWS));
  const start = async (name: string) => {
    const audience = { action: 'create', name };
    return (await product.activate({ uploadId, connectionId, advertiserId: ADVERTISER, audience })).id;
  };
  finished = await start('Spring newsletter');
  await product.until(finished, ({ phase }) => phase === 'completed');
  // Before anything is uploaded, so that nothing of these two disturbs the others.
  const damaged = await product.upload(`${customers(90)}${'no address\n'.repeat(10)}`);
  const startDamaged = async (name: string, rejectedRowLimit: object) => {
    const audience = { action: 'create', name };
    const request = { uploadId: damaged, connectionId, advertiserId: ADVERTISER, audience, rejectedRowLimit };
    return (await product.activate(request)).id;
  };
  failed = await startDamaged('Too many mistakes', { percent: 5 });
  await product.until(failed, ({ phase }) => phase === 'failed');
  asking = await startDamaged('Some mistakes', { percent: 5, onExceeded: 'ask' });
  await product.until(asking, ({ phase }) => phase === 'waiting_for_approval');
  paused = await start('Loyalty members');
  await product.post(`/v1/activations/${paused}/pause`);
  await product.until(paused, ({ phase }) => phase === 'paused');
  // Slow from the fifth part on, so that the permission is gone before all parts are there.
  await product.admin('POST', 'faults', { endpoint: UPLOAD, kind: 'slow', after: 4, times: 4, seconds: 3 });
  waiting = await start('Summer buyers');
  await product.until(waiting, ({ progress }) => progress.partsUploaded >= 2);
  await product.admin('POST', 'scopes', { remove: [AUDIENCE_PERMISSION] });
  await product.until(waiting, ({ phase }) => phase === 'waiting_for_reconnect');
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** The link of a saved view as the operator's guide prints it. */
function savedView(title: string): string {
  const guide = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const row = guide.split('\n').find((line) => line.startsWith(`| ${title} |`));
  const link = /\]\(http:\/\/localhost:8233(\/\S+)\)/.exec(row ?? '')?.[1];
  if (link === undefined) throw new Error(`docs/operating.md has no saved view "${title}"`);
  return link;
}

describe("Temporal's Web UI", () => {
  it('tells a person who opens a waiting run what it is, how far it is, what it waits for and what to do', async () => {
    const { progress } = await product.activation(waiting);
    const parts = `of ${progress.partsTotal}`;
    await ui.openRun(waiting);
    await ui.shows(new RegExp(`Prepare part \\d+ ${parts} `));
    await ui.shows(new RegExp(`Upload part \\d+ ${parts}: [23],\\d{3} rows`));
    await ui.shows(/Waiting for a sign-in at TikTok until \d{4}-\d\d-\d\d \d\d:\d\d UTC, then given up/);
    await ui.openUserMetadata();
    await ui.shows('Create audience “Summer buyers”');
    await ui.shows('Waiting for a person: sign in at TikTok');
    await ui.shows('What happens now: The run stands still. What is done stays done.');
    await ui.shows(/What to do: Sign in by the link above; the run then goes on by itself\..*reconnected/);
    await ui.shows(
      new RegExp(`Rows in the file 40,000.*Parts at TikTok ${progress.partsUploaded} ${parts} `),
    );
  }, 180_000);

  it('tells of a paused run how it goes on', async () => {
    await ui.openRun(paused);
    await ui.openUserMetadata();
    await ui.shows('Paused by a person');
    await ui.shows(/To go on: resume in the console, or here: .* resume/);
  }, 120_000);

  it('tells of a failed run what failed and what to do, on its page and in its result', async () => {
    const failure = (await product.activation(failed)).failure ?? expect.unreachable();
    expect(failure.code).toBe('rejected_row_limit');
    await ui.openRun(failed);
    // The result of the run, which stands above its timeline, begins with the reason.
    await ui.shows(failure.detail);
    await ui.openUserMetadata();
    await ui.shows('Create audience “Too many mistakes”');
    await ui.shows(`Failed ${failure.detail} What happens now: The run has ended; nothing more happens.`);
    await ui.shows(`What to do: ${failure.help}`);
  }, 120_000);

  it('has a saved view for each state that wants a person, and finds exactly the runs in it', async () => {
    await ui.openList(savedView('Waiting for me'));
    await ui.lists(waiting, asking);
    await ui.openList(savedView('Paused'));
    await ui.lists(paused);
    await ui.openList(savedView('Open'));
    await ui.lists(waiting, asking, paused);
    await ui.openList(savedView('Failed'));
    await ui.lists(failed);
    await ui.openList(savedView('Done'));
    await ui.lists(finished);
  }, 180_000);

  it('lets a person send `reconnected` by its form, without an argument, and the same run goes on', async () => {
    await product.admin('POST', 'scopes', { restore: [AUDIENCE_PERMISSION] });
    await ui.openRun(waiting);
    await ui.sendSignal('reconnected');
    const done = await product.until(waiting, ({ phase }) => phase === 'completed');
    expect(done.progress).toMatchObject({ rowsRead: ROWS, rowsSent: ROWS });
    await ui.openUserMetadata();
    await ui.shows('The run has ended and every row is accounted for.');
    await ui.openList(savedView('Waiting for me'));
    await ui.lists(asking);
  }, 240_000);

  it('tells the question of a run that asks, and takes the answer by its form', async () => {
    const question = (await product.activation(asking)).attention ?? expect.unreachable();
    await ui.openList(savedView('Waiting for me'));
    await ui.lists(asking);
    await ui.openRun(asking);
    await ui.openUserMetadata();
    await ui.shows('Waiting for a person: approve or reject');
    await ui.shows(`${question.title} ${question.detail}`);
    await ui.shows(/What to do: Answer in the console, or here: .* approve or reject, without input\./);
    await ui.sendSignal('approve');
    await product.until(asking, ({ phase }) => phase === 'completed');
    await ui.openList(savedView('Waiting for me'));
    await ui.lists();
  }, 180_000);
});
