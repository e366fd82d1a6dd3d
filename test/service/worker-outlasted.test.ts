import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compose } from '../deploy/compose-file.js';
import { FinishedParts } from '../soak/finished-parts.js';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 20_000;
const LANES = 4;
const UPLOAD = 'dmp/custom_audience/file/upload/';

let product: TestStack;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '200000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
}, 180_000);
afterAll(() => product?.stop());

it('a worker that is asked to end while uploads outlast its patience ends before compose kills it, and the next one does them', async () => {
  const connectionId = await product.connect();
  const finished = new FinishedParts({
    databaseUrl: product.stack.addresses.databaseUrl,
    sandbox: product.sandbox,
    storage: join(product.folder, 'objects'),
  });
  // The first parts arrive at once, those in flight at the end would take far longer than a worker waits for them.
  const slow = { endpoint: UPLOAD, kind: 'slow', after: 2, times: LANES, seconds: 600 };
  await product.admin('POST', 'faults', slow);
  const { id } = await product.activate({
    uploadId: await product.upload(customers(ROWS)),
    connectionId,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name: 'Outlasted' },
  });
  await product.until(id, ({ progress }) => progress.partsUploaded === 2);
  // All of them are waited for now.
  await expect.poll(() => product.admin<unknown[]>('GET', 'faults')).toEqual([]);
  await finished.look();

  const worker = product.stack.processes().get('worker')?.pid ?? expect.unreachable();
  const [, seconds] = /^(\d+)s$/.exec(compose.services['worker-tiktok']?.stop_grace_period ?? '') ?? [];
  process.kill(worker, 'SIGTERM');
  await expect
    .poll(() => product.stack.processes().get('worker')?.pid ?? worker, { timeout: Number(seconds) * 1_000 })
    .not.toBe(worker);

  const done = await product.until(id, ({ phase }) => phase === 'completed');
  expect(done.progress).toMatchObject({ rowsRead: ROWS, rowsSent: ROWS });
  expect(await finished.redone()).toEqual([]);
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  expect(audiences).toMatchObject([{ members: ROWS }]);
  expect(new Set(audiences[0]?.file_paths).size).toBe(done.progress.partsTotal);
}, 240_000);
