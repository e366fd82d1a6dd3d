import type { Worker } from '@temporalio/worker';
import { afterEach, expect, it } from 'vitest';
import { serveWorkerHealth } from '../../src/temporal/worker-health.js';

type State = ReturnType<Worker['getState']>;

let state: State = 'RUNNING';
let databaseAnswers = true;
let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

async function serve(): Promise<(path: string) => Promise<Response>> {
  const health = await serveWorkerHealth({
    host: '127.0.0.1',
    port: 0,
    workers: [{ getState: () => state, options: { taskQueue: 'core' } }],
    dependencies: {
      database: async () => {
        if (!databaseAnswers) throw new Error('away, with an address that nobody has to know');
      },
      temporal: async () => undefined,
    },
  });
  close = health.close;
  return (path) => fetch(`http://127.0.0.1:${health.port}${path}`);
}

it('a worker is ready while every role polls and database and Temporal answer, and says which does not', async () => {
  const get = await serve();
  const ready = await get('/readyz');
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    ready: true,
    states: { core: 'RUNNING' },
    dependencies: { database: true, temporal: true },
  });

  databaseAnswers = false;
  const away = await get('/readyz');
  databaseAnswers = true;
  expect(away.status).toBe(503);
  const text = await away.text();
  expect(JSON.parse(text)).toMatchObject({ ready: false, dependencies: { database: false, temporal: true } });
  expect(text).not.toContain('address');
});

it.each<State>(['INITIALIZED', 'STOPPING', 'DRAINING', 'STOPPED'])(
  'a worker that is %s is alive and not ready',
  async (as) => {
    const get = await serve();
    state = as;
    const [alive, ready] = [await get('/healthz'), await get('/readyz')];
    state = 'RUNNING';
    expect([alive.status, ready.status]).toEqual([200, 503]);
  },
);
