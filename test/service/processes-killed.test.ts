import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 60_000;

let product: TestStack;
let connectionId: string;
let uploadId: string;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '200000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  connectionId = await product.connect();
  uploadId = await product.upload(customers(ROWS));
});
afterAll(() => product?.stop());

describe('kill -9 in the middle of a run', () => {
  it.each(['api', 'postgres', 'temporal', 'sandbox'])(
    'of %s: the run completes with one audience and every row, and no other process ends',
    async (name) => {
      const { id } = await product.activate({
        uploadId,
        connectionId,
        advertiserId: ADVERTISER,
        audience: { action: 'create', name },
      });
      await product.until(id, ({ progress }) => progress.partsUploaded >= 2);
      const killed = product.stack.processes().get(name);
      if (killed === undefined) throw new Error(`there is no process ${name}`);
      const others = [...product.stack.processes()].filter(([other]) => other !== name);
      process.kill(killed.pid, 'SIGKILL');

      const done = await product.until(id, ({ phase }) => phase === 'completed');
      expect(done.progress).toMatchObject({ rowsTotal: ROWS, rowsRead: ROWS, rowsSent: ROWS });
      const after = product.stack.processes();
      for (const [other, { pid }] of others) expect([other, after.get(other)?.pid]).toEqual([other, pid]);
      const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
      const made = audiences.filter((audience) => audience.name.startsWith(name));
      expect(made).toHaveLength(1);
      expect(made[0]).toMatchObject({ name, members: ROWS });
      expect(new Set(made[0]?.file_paths).size).toBe(done.progress.partsTotal);
    },
    180_000,
  );
});
