import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 200_000;
/** Of 50 parts. */
const PART_BYTES = 260_000;
/** Parts that are worked on at one time, each by one step. */
const LANES = 4;

interface Part {
  readonly index: number;
  readonly attempts: number;
  readonly preparedAt: string | null;
  readonly md5: string | null;
  readonly filePath: string | null;
}

let product: TestStack;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: String(PART_BYTES) });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
});
afterAll(() => product?.stop());

describe('kill -9 of the worker in the middle of a file of 50 parts', () => {
  it('costs what was in flight, noticed within 15 s: no finished part is done again, and each stands once in the audience', async () => {
    const connectionId = await product.connect();
    const uploadId = await product.upload(customers(ROWS));
    const { id } = await product.activate({
      uploadId,
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Killed' },
    });

    await product.until(id, ({ progress }) => progress.partsUploaded >= 10);
    const worker = product.stack.processes().get('worker');
    if (worker === undefined) throw new Error('there is no worker');
    process.kill(worker.pid, 'SIGKILL');
    const before = await parts(id);
    const run = await product.until(id, ({ phase }) => phase === 'completed');

    const after = await parts(id);
    expect(product.stack.processes().get('worker')?.pid).not.toBe(worker.pid);
    const prepared = before.filter((part) => part.preparedAt !== null);
    const uploaded = before.filter((part) => part.filePath !== null);
    expect(after.length).toBeGreaterThanOrEqual(50);
    expect(uploaded.length).toBeGreaterThanOrEqual(10);
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

    // Only what was in flight at the kill may have been prepared or uploaded twice.
    const work = await workOnParts(id);
    expect(work).toHaveLength(2 * after.length);
    expect(work.reduce((sum, { attempts }) => sum + attempts - 1, 0)).toBeLessThanOrEqual(LANES);
    const uploads = await product.admin<{ outcome: unknown }[]>(
      'GET',
      'calls?endpoint=dmp/custom_audience/file/upload/',
    );
    expect(uploads.length).toBeLessThanOrEqual(after.length + LANES);
    for (const { heartbeatMs, firstRetryMs } of work) {
      expect(heartbeatMs).toBeGreaterThan(0);
      expect(heartbeatMs + firstRetryMs).toBeLessThan(15_000);
    }
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

  /** How often each step on a part was begun, after what silence Temporal takes its worker for dead, and how soon it goes on. */
  async function workOnParts(id: string) {
    const { temporalAddress } = product.stack.addresses;
    const connection = await Connection.connect({ address: temporalAddress });
    const { events } = await new Client({ connection }).workflow.getHandle(id).fetchHistory();
    await connection.close();
    const begun = new Map(
      (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) =>
        started == null ? [] : [[String(started.scheduledEventId), started.attempt ?? 1]],
      ),
    );
    return (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
      const name = scheduled?.activityType?.name;
      if (name !== 'preparePart' && name !== 'uploadPart') return [];
      const attempts = begun.get(String(eventId)) ?? 1;
      const heartbeatMs = milliseconds(scheduled?.heartbeatTimeout);
      return [{ attempts, heartbeatMs, firstRetryMs: milliseconds(scheduled?.retryPolicy?.initialInterval) }];
    });
  }
});

function milliseconds(duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1_000 + (duration?.nanos ?? 0) / 1_000_000;
}
