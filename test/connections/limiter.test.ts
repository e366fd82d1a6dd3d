import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimiter, type LimiterOptions } from '../../src/connections/limiter.js';
import { CALL_RATES, type PauseLengths } from '../../src/connections/limiter-settings.js';
import { nextMidnight, requestTurn } from '../../src/database/call-schedules.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import type { Admission, CallGate } from '../../src/tiktok/call-gate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const UPLOAD = 'dmp/custom_audience/file/upload/';
const LIST = 'dmp/custom_audience/list/';
const DAY_MS = 86_400_000;

/** Each stands for a process: it has connections of its own. */
const PROCESSES = 3;

let database: TestDatabase;
let processes: Database[];
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  processes = Array.from({ length: PROCESSES }, () => openDatabase(database.url, () => undefined));
  [db] = processes as [Database];
  await migrate(db);
});
afterAll(async () => {
  await Promise.all(processes.map((each) => each.destroy()));
  await database.drop();
});

const newApp = () => randomBytes(8).toString('hex');

function gate(appId: string, options: Partial<LimiterOptions> = {}): CallGate {
  const rates = { perSecond: 1_000, perMinute: 60_000, perDay: 1_000_000 };
  return createLimiter({ db, appId, rates, patienceMs: 2_000, ...options });
}

async function admitted(
  from: CallGate,
  endpoint = UPLOAD,
  advertiserId: string | null = '1',
): Promise<Admission> {
  const admission = await from.admit({ endpoint, advertiserId }, undefined);
  if (!admission.admitted) throw new Error(`not admitted for ${admission.waitMs} ms`);
  return admission;
}

async function waitOf(from: CallGate, endpoint = UPLOAD, advertiserId: string | null = '1'): Promise<number> {
  const admission = await from.admit({ endpoint, advertiserId }, undefined);
  return admission.admitted ? 0 : admission.waitMs;
}

describe('turns', () => {
  it('of many connections never come faster than the rate, in any window, and keep close to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 400 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 10, maxLength: 60 }),
        async (perSecond, advertisers) => {
          const appId = newApp();
          const spacingMs = 1_000 / perSecond;
          const turns = await Promise.all(
            advertisers.map((advertiser, index) =>
              requestTurn(
                processes[index % PROCESSES] ?? db,
                { appId, endpoint: UPLOAD, advertiserId: String(advertiser) },
                { spacingMs, horizonMs: 60_000, callsPerDay: 1_000_000 },
              ),
            ),
          );
          const times = turns
            .filter(({ granted }) => granted)
            .map(({ at }) => at.getTime())
            .sort((a, b) => a - b);
          expect(times.length).toBeGreaterThan(0);
          for (let from = 0; from < times.length; from += 1) {
            const until = (times[from] ?? 0) + 1_000;
            const inWindow = times.filter((time, index) => index >= from && time < until).length;
            // Times are read in whole milliseconds.
            expect(inWindow).toBeLessThanOrEqual(Math.ceil(1_002 / spacingMs));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are in no window more than the day allows', async () => {
    const appId = newApp();
    // Short, so that the next midnight is beyond it except in the moment before.
    const rates = { spacingMs: 1, horizonMs: 20, callsPerDay: 7 };
    const call = { appId, endpoint: UPLOAD, advertiserId: '1' };
    const turns = [];
    for (let index = 0; index < 12; index += 1) turns.push(await requestTurn(db, call, rates));
    const midnight = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
    const today = turns.filter(({ granted, at }) => granted && at.getTime() < midnight);
    expect(today).toHaveLength(7);
    for (const { granted, at } of turns.slice(7)) {
      expect(granted).toBe(false);
      expect(at.getTime()).toBeGreaterThanOrEqual(midnight);
      expect(at.getTime()).toBeLessThan(midnight + 1_000);
    }
  });

  it('go on when the clock of the database was hours ahead for a moment', async () => {
    const appId = newApp();
    const from = gate(appId);
    await admitted(from);
    const ahead = sql<Date>`now() + interval '5 hours'`;
    await db
      .updateTable('call_schedules')
      .set({ next_at: ahead, turns: sql<Date[]>`array[${ahead}]`, turn_owners: ['1'] })
      .where('app_id', '=', appId)
      .execute();
    expect(await waitOf(from)).toBeLessThan(2_000);
  });

  it('go on when a pause was set while the clock of the database was days ahead, also on its last day', async () => {
    const appId = newApp();
    const from = gate(appId, { pauses: { minute: 60_000 } });
    await (await admitted(from)).limited('app', 'minute');
    const moveTo = (until: string) =>
      db
        .updateTable('call_pauses')
        .set({ paused_until: sql<Date>`clock_timestamp() + ${until}::interval` })
        .where('app_id', '=', appId)
        .execute();
    await moveTo('5 days');
    expect(await waitOf(from)).toBe(0);
    expect((await pauseEndOf(appId)) - Date.now()).toBeLessThan(DAY_MS);

    const call = await admitted(from);
    await moveTo('5 days');
    expect((await call.limited('app', 'minute')).waitMs).toBeLessThanOrEqual(60_000);
  });

  it('of one endpoint do not hold up another', async () => {
    const appId = newApp();
    const slow = gate(appId, { rates: { perSecond: 0.1, perMinute: 6, perDay: 100 } });
    await admitted(slow, UPLOAD);
    expect(await waitOf(slow, UPLOAD)).toBeGreaterThan(2_000);
    expect(await waitOf(slow, LIST)).toBe(0);
  });

  it('are found by a newcomer within the horizon, however many calls another advertiser has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 50, max: 400 }),
        fc.integer({ min: 1, max: 6 }),
        async (calls, others) => {
          const appId = newApp();
          // Slow enough that no turn passes while the others are asked for.
          const rates = { spacingMs: 10_000, horizonMs: 160_000, callsPerDay: 1_000_000 };
          const ask = (advertiserId: string) =>
            requestTurn(db, { appId, endpoint: UPLOAD, advertiserId }, rates);
          const first = [];
          for (let index = 0; index < calls / 10; index += 1) first.push(await ask('greedy'));
          expect(first.filter(({ granted }) => granted).length).toBeLessThanOrEqual(9);
          for (let other = 0; other < others; other += 1) {
            const turn = await ask(`newcomer ${other}`);
            expect(turn.granted).toBe(true);
            expect(turn.waitMs).toBeLessThanOrEqual(160_000);
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it('are shared by two advertisers that both have more calls than turns', async () => {
    const appId = newApp();
    // So far apart that a busy machine is back with its next call before its turn would come.
    const limiter = gate(appId, {
      rates: { perSecond: 20, perMinute: 1_200, perDay: 1_000_000 },
      patienceMs: 60_000,
    });
    const order: string[] = [];
    const many = (advertiserId: string, lanes: number, calls: number) =>
      Promise.all(
        Array.from({ length: lanes }, async () => {
          for (let call = 0; call < calls; call += 1) {
            await admitted(limiter, UPLOAD, advertiserId);
            order.push(advertiserId);
          }
        }),
      );
    const greedy = many('greedy', 40, 4);
    await many('modest', 4, 5);
    const greedyMeanwhile = order.lastIndexOf('modest') + 1 - 20;
    await greedy;
    expect(order).toHaveLength(180);
    // Of two equals each has half; the modest one, with fewer calls at a time, must not have to wait for all the others.
    expect(greedyMeanwhile).toBeLessThan(140);
  });
});

describe('a pause', () => {
  const pauses: Partial<PauseLengths> = {
    second: [300, 600],
    minute: 1_200,
    day: 2_400,
    advertiser: [300, 600],
  };

  it('holds for every process and endpoint of the app, and for no other app', async () => {
    const appId = newApp();
    const [one, two] = processes.map((each) =>
      gate(appId, { db: each, patienceMs: 0, pauses: { minute: 60_000 } }),
    );
    if (one === undefined || two === undefined) throw new Error('too few processes');
    const wait = await (await admitted(one)).limited('app', 'minute');
    expect(wait.waitMs).toBeGreaterThan(55_000);
    expect(wait.waitMs).toBeLessThanOrEqual(60_000);
    expect(await waitOf(two, LIST, '2')).toBeGreaterThan(55_000);
    expect(await waitOf(two, LIST, null)).toBeGreaterThan(55_000);
    expect(await waitOf(gate(newApp(), { patienceMs: 0 }))).toBe(0);
  });

  it('is obeyed by calls that had their turn already when it began', async () => {
    const appId = newApp();
    // As slow as turns can be that are given away ahead: the pause is to begin before the second one comes.
    const slow = gate(appId, {
      rates: { perSecond: 0.5, perMinute: 30, perDay: 1_000 },
      pauses: { minute: 60_000 },
    });
    const now = await admitted(slow);
    const first = await turnsOf(appId);
    const waiting = slow.admit({ endpoint: UPLOAD, advertiserId: '2' }, undefined);
    await expect.poll(() => turnsOf(appId)).not.toEqual(first);
    await now.limited('app', 'minute');
    expect(await waiting).toMatchObject({ admitted: false });
  });

  it('grows with refusals in a row: seconds, then the minute, then the day, then anew', async () => {
    const appId = newApp();
    const limiter = gate(appId, { pauses, patienceMs: 10_000 });
    const lengths: number[] = [];
    for (let refusal = 0; refusal < 5; refusal += 1) {
      const call = await admitted(limiter);
      lengths.push((await call.limited('app', null)).waitMs);
    }
    const rungs = [300, 600, 1_200, 2_400, 300];
    for (const [index, rung] of rungs.entries()) {
      expect(lengths[index]).toBeLessThanOrEqual(rung);
      expect(lengths[index]).toBeGreaterThan(rung / 2);
    }
  });

  it('does not grow beyond seconds when TikTok names the limit of a second', async () => {
    const limiter = gate(newApp(), { pauses, patienceMs: 10_000 });
    for (const rung of [300, 600, 600, 600]) {
      const { waitMs } = await (await admitted(limiter)).limited('app', 'second');
      expect(waitMs).toBeLessThanOrEqual(rung);
    }
  });

  it('begins anew once TikTok has taken a call', async () => {
    const limiter = gate(newApp(), { pauses, patienceMs: 10_000 });
    await (await admitted(limiter)).limited('app', null);
    await (await admitted(limiter)).limited('app', null);
    await (await admitted(limiter)).passed();
    expect((await (await admitted(limiter)).limited('app', null)).waitMs).toBeLessThanOrEqual(300);
  });

  it('counts one refusal of all the calls that were under way together', async () => {
    const limiter = gate(newApp(), { pauses: { second: [20_000, 40_000] } });
    const together = await Promise.all(Array.from({ length: 8 }, () => admitted(limiter)));
    const waits = await Promise.all(together.map((call) => call.limited('app', null)));
    for (const { waitMs } of waits) expect(waitMs).toBeLessThanOrEqual(20_000);
  });

  it('for the throttle of an advertiser stops that advertiser alone, and grows by itself', async () => {
    const limiter = gate(newApp(), { pauses, patienceMs: 5_000 });
    const first = await (await admitted(limiter)).limited('advertiser', null);
    expect(first.waitMs).toBeLessThanOrEqual(300);
    const impatient = await waitOf(limiter, LIST, '2');
    expect(impatient).toBe(0);
    const second = await (await admitted(limiter)).limited('advertiser', null);
    expect(second.waitMs).toBeGreaterThan(300);
    await (await admitted(limiter)).passed();
    const again = await (await admitted(limiter)).limited('advertiser', null);
    expect(again.waitMs).toBeLessThanOrEqual(300);
  });

  it('for the limit of a day lasts until 00:00 UTC', async () => {
    const limiter = gate(newApp(), { patienceMs: 0 });
    const { until, waitMs } = await (await admitted(limiter)).limited('app', 'day');
    expect(until.toISOString()).toMatch(/T00:00:00\.000Z$/);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(DAY_MS);
  });

  it.each([
    ['2026-11-23T14:05:00Z', 'UTC', '2026-11-24T00:00:00.000Z'],
    ['2026-11-23T00:00:00Z', 'UTC', '2026-11-24T00:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 'Pacific/Auckland', '2027-01-01T00:00:00.000Z'],
    ['2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-30T00:00:00.000Z'],
    ['2026-11-01T05:30:00Z', 'America/New_York', '2026-11-02T00:00:00.000Z'],
  ])('from %s ends at the next midnight in UTC, also in a session in %s', async (instant, zone, midnight) => {
    const at = await db.transaction().execute(async (tx) => {
      await sql`SELECT set_config('timezone', ${zone}, true)`.execute(tx);
      const { rows } = await sql<{
        at: Date;
      }>`SELECT ${nextMidnight(sql`${instant}::timestamptz`)} AS at`.execute(tx);
      return rows[0]?.at;
    });
    expect(at?.toISOString()).toBe(midnight);
  });
});

describe('a call', () => {
  it('waits where it is made for no longer than the patience', async () => {
    const appId = newApp();
    const rates = { perSecond: 2, perMinute: 120, perDay: 1_000 };
    await admitted(gate(appId, { rates }));
    expect(await waitOf(gate(appId, { rates, patienceMs: 1_000 }))).toBe(0);
    await (await admitted(gate(appId, { rates }))).limited('app', 'minute');
    const began = performance.now();
    expect(await waitOf(gate(appId, { rates, patienceMs: 100 }))).toBeGreaterThan(100);
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it('that is given up while it waits throws the reason', async () => {
    const limiter = gate(newApp(), { rates: { perSecond: 1, perMinute: 60, perDay: 1_000 } });
    await admitted(limiter);
    const giveUp = new AbortController();
    const waiting = limiter.admit({ endpoint: UPLOAD, advertiserId: '1' }, giveUp.signal);
    const reason = new Error('given up');
    giveUp.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('the rates', () => {
  it("stay below TikTok's of every level, for a second, a minute and a day", () => {
    const allowed = { basic: 10, advanced: 20, premium: 30, ultimate: 50 };
    for (const [level, perSecond] of Object.entries(allowed)) {
      const rates = CALL_RATES[level as keyof typeof allowed];
      expect(rates.perSecond).toBeLessThan(perSecond);
      expect(rates.perMinute).toBeLessThan(perSecond * 60);
      expect(rates.perDay).toBeLessThan(perSecond * 86_400);
    }
  });
});

async function turnsOf(appId: string): Promise<readonly Date[]> {
  const row = await db
    .selectFrom('call_schedules')
    .select('turns')
    .where('app_id', '=', appId)
    .executeTakeFirst();
  return row?.turns ?? [];
}

async function pauseEndOf(appId: string): Promise<number> {
  const row = await db
    .selectFrom('call_pauses')
    .select('paused_until')
    .where('app_id', '=', appId)
    .executeTakeFirstOrThrow();
  return row.paused_until.getTime();
}
