import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FinishedParts } from '../soak/finished-parts.js';
import { type SecondProcess, startSecond } from './second-process.js';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 40_000;
const LANES = 4;
const UPLOAD = 'dmp/custom_audience/file/upload/';
const SETTINGS = { PART_BYTES: '200000', TIKTOK_RATE_LEVEL: 'ultimate' };
const PATIENCE = { timeout: 90_000 };

let product: TestStack;
const seconds: SecondProcess[] = [];
beforeAll(async () => {
  product = await startTestStack(SETTINGS);
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
}, 180_000);
afterAll(async () => {
  for (const second of seconds) second.process.kill('SIGKILL');
  await product?.stop();
});

async function second(program: 'worker' | 'api'): Promise<SecondProcess> {
  const started = await startSecond(product, program, SETTINGS);
  seconds.push(started);
  await expect.poll(() => started.ready(), PATIENCE).toBe(true);
  return started;
}

/** Ends a process of the stack as a deploy does, and waits for the one that takes its place. */
async function restartOfStack(name: 'worker' | 'api', ready: () => Promise<boolean>): Promise<void> {
  const before = product.stack.processes().get(name)?.pid;
  if (before === undefined) throw new Error(`there is no process ${name}`);
  process.kill(before, 'SIGTERM');
  await expect.poll(() => product.stack.processes().get(name)?.pid ?? before, PATIENCE).not.toBe(before);
  await expect.poll(ready, PATIENCE).toBe(true);
}

async function restartOfSecond(old: SecondProcess, program: 'worker' | 'api'): Promise<SecondProcess> {
  const ended = once(old.process, 'exit');
  old.process.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  return second(program);
}

it('two workers and two APIs are restarted one after the other: no request is refused, all runs finish, no finished part is done again', async () => {
  const worker = await second('worker');
  let api = await second('api');
  const connectionId = await product.connect();
  const uploadId = await product.upload(customers(ROWS));
  const finished = new FinishedParts({
    databaseUrl: product.stack.addresses.databaseUrl,
    sandbox: product.sandbox,
    storage: join(product.folder, 'objects'),
  });
  // Each upload takes a moment, so that every restart meets some of them.
  await product.admin('POST', 'faults', { endpoint: UPLOAD, kind: 'slow', times: 1_000, seconds: 0.5 });

  const ready = async (address: string) => (await fetch(`${address}/readyz`).catch(() => null))?.ok ?? false;
  /** As a load balancer: whichever says that it is ready. */
  const healthy = async (): Promise<string> => {
    for (const address of [product.api, api.address]) if (await ready(address)) return address;
    throw new Error('no API is ready');
  };
  const ids: string[] = [];
  const activate = async (name: string) => {
    const response = await fetch(`${await healthy()}/v1/activations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': name },
      body: JSON.stringify({
        uploadId,
        connectionId,
        advertiserId: ADVERTISER,
        audience: { action: 'create', name },
      }),
    });
    expect(response.status).toBe(202);
    ids.push(((await response.json()) as { id: string }).id);
  };

  const refused: string[] = [];
  let asked = 0;
  let over = false;
  const client = (async () => {
    while (!over) {
      try {
        const answer = await fetch(`${await healthy()}/v1/activations?limit=1`);
        if (answer.ok) await answer.arrayBuffer();
        else refused.push(`answered ${answer.status}`);
      } catch (error) {
        refused.push(String(error));
      }
      asked += 1;
      await finished.look();
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();

  try {
    await activate('Before');
    await activate('During the first worker');
    await product.until(ids[0] ?? '', ({ progress }) => progress.partsUploaded >= 2);
    await restartOfStack('worker', () => worker.ready());
    await activate('During the second worker');
    await restartOfSecond(worker, 'worker');
    await activate('During the first API');
    await restartOfStack('api', () => ready(product.api));
    await activate('During the second API');
    api = await restartOfSecond(api, 'api');
    for (const id of ids) await product.until(id, ({ phase }) => phase === 'completed');
  } finally {
    over = true;
    await client;
  }

  expect(refused).toEqual([]);
  expect(asked).toBeGreaterThan(50);
  expect(await finished.redone()).toEqual([]);
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  expect(audiences).toHaveLength(ids.length);
  for (const { members, file_paths } of audiences) {
    expect(members).toBe(ROWS);
    expect(new Set(file_paths).size).toBe(file_paths.length);
  }
  const parts = audiences.reduce((sum, { file_paths }) => sum + file_paths.length, 0);
  const uploads = await product.admin<unknown[]>('GET', `calls?endpoint=${UPLOAD}`);
  // What was in flight when a worker ended, and did not end in its time, may have been uploaded again.
  expect(uploads.length - parts).toBeLessThanOrEqual(2 * LANES * ids.length);
}, 300_000);
