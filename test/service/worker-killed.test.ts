import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 200_000;

interface Part {
  readonly index: number;
  readonly attempts: number;
  readonly preparedAt: string | null;
  readonly md5: string | null;
  readonly filePath: string | null;
}

let product: TestStack;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '1000000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
});
afterAll(() => product?.stop());

describe('kill -9 of the worker in the middle of a file of 200,000 rows', () => {
  it('loses nothing: the run completes, each part stands once in the audience, and no finished part is done again', async () => {
    const connectionId = await product.connect();
    const uploadId = await product.upload(customers(ROWS));
    const { id } = await product.activate({
      uploadId,
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Killed' },
    });

    await product.until(id, ({ progress }) => progress.partsUploaded >= 3);
    const worker = product.stack.processes().get('worker');
    if (worker === undefined) throw new Error('there is no worker');
    process.kill(worker.pid, 'SIGKILL');
    const before = await parts(id);
    const run = await product.until(id, ({ phase }) => phase === 'completed');

    const after = await parts(id);
    expect(product.stack.processes().get('worker')?.pid).not.toBe(worker.pid);
    const prepared = before.filter((part) => part.preparedAt !== null);
    const uploaded = before.filter((part) => part.filePath !== null);
    expect(uploaded.length).toBeGreaterThanOrEqual(3);
    expect(uploaded.length).toBeLessThan(after.length);
    for (const part of prepared) {
      expect(after[part.index]).toMatchObject({
        attempts: part.attempts,
        preparedAt: part.preparedAt,
        md5: part.md5,
      });
    }
    for (const part of uploaded) expect(after[part.index]?.filePath).toBe(part.filePath);

    const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
    expect(audiences).toHaveLength(1);
    expect(audiences[0]?.file_paths).toEqual(after.map((part) => part.filePath));
    expect(new Set(audiences[0]?.file_paths).size).toBe(run.progress.partsTotal);
    expect(audiences[0]?.members).toBe(ROWS);
    expect(run.progress).toMatchObject({ rowsTotal: ROWS, rowsRead: ROWS, rowsSent: ROWS, rowsRejected: 0 });

    // Only what was in flight at the kill may have been uploaded twice.
    const uploads = await product.admin<{ outcome: unknown }[]>(
      'GET',
      'calls?endpoint=dmp/custom_audience/file/upload/',
    );
    expect(uploads.length).toBeLessThanOrEqual(after.length + 4);
  }, 180_000);

  async function parts(id: string): Promise<Part[]> {
    const found: Part[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: Part[]; nextCursor: string | null } = await product.get(
        `/v1/activations/${id}/parts?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      found.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }
});
