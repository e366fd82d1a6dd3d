import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { choosePorts } from '../src/local/free-ports.js';
import { BUILT_PROGRAMS } from '../src/local/stack-services.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { testNamespace } from './support/temporal.js';

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'activate-audience-worker-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it('the process of the worker ends in order when the supervisor that started it is gone', async () => {
  const { address, namespace } = testNamespace('worker');
  const [port = 0] = await choosePorts([0]);
  const worker = fork(BUILT_PROGRAMS.worker, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      WORKER_HEALTH_PORT: String(port),
      DATABASE_URL: database.url,
      STORAGE_URL: pathToFileURL(join(folder, 'store')).href,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      TIKTOK_APP_ID: '7000000000000000000',
      TIKTOK_APP_SECRET: 'sandbox-secret',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    },
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isReady).toBe(true);
  const exit = once(worker, 'exit');
  worker.disconnect();
  expect(await exit).toEqual([0, null]);
});
