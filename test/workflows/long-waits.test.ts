import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { findTemporalTestServer } from '../../src/local/find-tools.js';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/search-attributes.js';
import { pollDelayMs } from '../../src/workflows/poll-delay.js';
import { scriptedActivities } from './scripted-activities.js';
import { startRun, withWorkers } from './workflow-worker.js';

const HOUR_MS = 3_600_000;

const environment = await TestWorkflowEnvironment.createTimeSkipping({
  server: { executable: { type: 'existing-path', path: findTemporalTestServer(process.env) } },
});
await environment.connection.operatorService.addSearchAttributes({
  namespace: 'default',
  searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((key) => [key.name, 2])),
});
afterAll(() => environment.teardown());

describe('polling over the two days that TikTok may take', () => {
  it('looks often at first and hourly later, until TikTok has finished', async () => {
    const looks: number[] = [];
    const { activities } = scriptedActivities({
      parts: 1,
      pollAudience: async ({ elapsedMs }) => {
        looks.push(elapsedMs);
        return { settled: elapsedMs >= 48 * HOUR_MS };
      },
    });
    await withWorkers(
      { connection: environment.nativeConnection, namespace: 'default' },
      activities,
      async () => {
        await (await startRun(environment.client)).result();
      },
    );
    expect(looks[0]).toBeGreaterThanOrEqual(5_000);
    expect(looks.at(-1)).toBeGreaterThanOrEqual(48 * HOUR_MS);
    expect(looks.length).toBeLessThan(90);
    expect(looks.filter((elapsed) => elapsed < HOUR_MS).length).toBeGreaterThan(10);
  });
});

describe('the delay between looks', () => {
  it('starts at five seconds, grows by half to a quarter of an hour, and is an hour from two hours on', () => {
    expect([0, 1, 2].map((looks) => pollDelayMs(looks, 0))).toEqual([5_000, 7_500, 11_250]);
    expect(pollDelayMs(40, HOUR_MS)).toBe(15 * 60_000);
    expect(pollDelayMs(40, 2 * HOUR_MS)).toBe(HOUR_MS);
  });
});
