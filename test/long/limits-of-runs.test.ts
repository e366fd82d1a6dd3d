import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { type SecondProcess, startSecond } from '../service/second-process.js';
import { customers, type SandboxAudience, startTestStack, type TestStack } from '../service/test-stack.js';

const UPLOAD = 'dmp/custom_audience/file/upload/';
const WHOLE_APP = '';
const ADVERTISERS = ['7000000000000000001', '7000000000000000002'] as const;
const RUNS = 10;
const ROWS = 1_200;

interface Limits {
  readonly violations: number;
  readonly blockedCalls: number;
  readonly details: unknown;
  readonly endpoints: readonly {
    endpoint: string;
    mostInSecond: number;
    mostInMinute: number;
    today: number;
  }[];
}

let product: TestStack;
let database: pg.Client;
let second: SecondProcess;
let connectionId: string;
let uploadId: string;
/** Forty parts of thirty people. */
const PART_BYTES = '2000';
const SETTINGS = {
  PART_BYTES,
  TIKTOK_RATE_LEVEL: 'basic',
  TIKTOK_MINUTE_PAUSE_SECONDS: '12',
  TIKTOK_DAY_PAUSE_SECONDS: '20',
};

beforeAll(async () => {
  product = await startTestStack(SETTINGS);
  database = new pg.Client({ connectionString: product.stack.addresses.databaseUrl });
  await database.connect();
  second = await startSecond(product, 'worker', SETTINGS);
  await product.admin('PATCH', 'settings', {
    minimumMatched: 0,
    rateLimits: { qpmPenaltySeconds: 10, qpdPenaltySeconds: 25 },
  });
  connectionId = await product.connect();
  uploadId = await product.upload(customers(ROWS));
});
afterAll(async () => {
  second?.process.kill('SIGKILL');
  await database?.end();
  await product?.stop();
});

beforeEach(() => product.admin('DELETE', 'limits'));
afterEach(() => product.admin('DELETE', 'limits'));

const start = (name: string, index: number) =>
  product.activate({
    uploadId,
    connectionId,
    advertiserId: ADVERTISERS[index % ADVERTISERS.length],
    audience: { action: 'create', name: `${name} ${index}` },
  });

async function expectAllDone(name: string, started: readonly Activation[]): Promise<Activation[]> {
  const done = await Promise.all(
    started.map(({ id }) => product.until(id, ({ phase }) => phase === 'completed')),
  );
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  const own = audiences.filter((audience) => audience.name.startsWith(`${name} `));
  expect(own).toHaveLength(started.length);
  for (const { members } of own) expect(members).toBe(ROWS);
  for (const { progress } of done) {
    expect(progress).toMatchObject({ rowsTotal: ROWS, rowsRead: ROWS, rowsSent: ROWS });
    expect(progress.partsUploaded).toBe(progress.partsTotal);
  }
  return done;
}

describe('ten runs side by side over two workers, at the limits of the Basic level', () => {
  it('never break a limit, and both workers take part', async () => {
    await expect.poll(() => second.ready()).toBe(true);
    const began = performance.now();
    const started = await Promise.all(Array.from({ length: RUNS }, (_, index) => start('Together', index)));
    const done = await expectAllDone('Together', started);
    const seconds = (performance.now() - began) / 1_000;
    const limits = await product.admin<Limits>('GET', 'limits');
    const uploads = limits.endpoints.find(({ endpoint }) => endpoint === UPLOAD);
    const parts = done.reduce((sum, { progress }) => sum + progress.partsTotal, 0);
    process.stdout.write(
      `\n${RUNS} runs, ${parts} parts in ${seconds.toFixed(0)} s: at most ${uploads?.mostInSecond} uploads in a second ` +
        `and ${uploads?.mostInMinute} in a minute, ${limits.violations} violations\n`,
    );
    expect(limits).toMatchObject({ violations: 0, blockedCalls: 0 });
    expect(parts).toBeGreaterThanOrEqual(400);
    expect(await second.ready()).toBe(true);
  }, 900_000);
});

describe('a penalty of TikTok', () => {
  it.each([
    ['of the minute', 'qpm', 'Minute'],
    ['of the day', 'qpd', 'Day'],
  ])(
    '%s makes all runs wait, which is shown, and all of them finish',
    async (_, limit, name) => {
      const started = await Promise.all(Array.from({ length: RUNS }, (_each, index) => start(name, index)));
      const [first] = started;
      if (first === undefined) throw new Error('nothing was started');
      await product.until(first.id, ({ progress }) => progress.partsUploaded >= 3);
      await product.admin('POST', 'limits/block', { endpoint: UPLOAD, limit });
      const shown = await product.until(
        first.id,
        ({ waiting }) =>
          waiting?.kind === 'rate_limit' && waiting.until !== null && secondsUntil(waiting.until) > 8,
      );
      expect(shown.phase).toBe('delivering');
      await expectAllDone(name, started);
      const limits = await product.admin<Limits>('GET', 'limits');
      process.stdout.write(
        `\n${name}: ${limits.blockedCalls} calls met the penalty, ${limits.violations} violations\n`,
      );
      expect(limits.violations).toBe(0);
    },
    900_000,
  );

  it('of one advertiser leaves the others alone', async () => {
    const [mine, other] = ADVERTISERS;
    const before = await pauses();
    await product.admin('POST', 'faults', {
      endpoint: UPLOAD,
      kind: 'code',
      code: 40133,
      message: 'Restricted.',
      times: 4,
      advertiserId: mine,
    });
    const started = await Promise.all([start('Throttled', 0), start('Throttled', 1)]);
    await expectAllDone('Throttled', started);
    const after = await pauses();
    expect(after.get(mine)).not.toEqual(before.get(mine));
    expect(after.get(other)).toEqual(before.get(other));
    expect(after.get(WHOLE_APP)).toEqual(before.get(WHOLE_APP));
  }, 900_000);
});

/** Until when whoever was paused last, by advertiser. */
async function pauses(): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.query<{ advertiser_id: string; paused_until: string }>(
    'select advertiser_id, paused_until::text from call_pauses',
  );
  return new Map(rows.map((row) => [row.advertiser_id, row.paused_until]));
}

function secondsUntil(time: string): number {
  return (new Date(time).getTime() - Date.now()) / 1_000;
}
