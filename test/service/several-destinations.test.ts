import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import type { NewConnection } from '../../src/api/schemas/connection.js';
import type { Part } from '../../src/api/schemas/part.js';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 60_000;
const OTHER_ADVERTISER = '7000000000000000002';

let product: TestStack;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '200000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
});
afterAll(() => product?.stop());

describe('one upload for several destinations', () => {
  it('is prepared once, though the worker is killed; one fails, one waits for a sign-in, the others complete', async () => {
    const [own, foreign] = [await connectionFor(ADVERTISER), await connectionFor(OTHER_ADVERTISER)];
    const create = (connectionId: string, advertiserId: string, name: string) => ({
      connectionId,
      advertiserId,
      audience: { action: 'create', name },
    });
    const response = await product.post('/v1/activations', {
      uploadId: await product.upload(customers(ROWS)),
      destinations: [
        create(own, ADVERTISER, 'North'),
        create(own, ADVERTISER, 'South'),
        create(foreign, OTHER_ADVERTISER, 'West'),
        { connectionId: own, advertiserId: ADVERTISER, audience: { action: 'append', audienceId: '1' } },
      ],
    });
    expect(response.status).toBe(202);
    const { data } = (await response.json()) as { data: Activation[] };
    const [north = '', south = '', west = '', lost = ''] = data.map(({ id }) => id);

    await product.until(west, ({ progress }) => progress.partsUploaded >= 2);
    await product.admin('POST', 'authorizations/revoke', { advertiserId: OTHER_ADVERTISER });
    const worker = product.stack.processes().get('worker');
    if (worker === undefined) throw new Error('there is no worker');
    process.kill(worker.pid, 'SIGKILL');
    const preparedBefore = await preparedParts();

    const failed = await product.until(lost, ({ finishedAt }) => finishedAt !== null);
    expect(failed).toMatchObject({ phase: 'failed', failure: { code: 'audience_not_found' } });
    for (const id of [north, south]) await product.until(id, ({ phase }) => phase === 'completed');
    await product.until(west, ({ phase }) => phase === 'waiting_for_reconnect');
    await signIn(`/v1/connections/${foreign}/authorizations`, OTHER_ADVERTISER);
    await product.until(west, ({ phase }) => phase === 'completed');

    const preparations = await query<{ count: string }>('select count(*) from preparations');
    expect(Number(preparations[0]?.count)).toBe(1);
    const after = await preparedParts();
    expect(after.length).toBeGreaterThan(5);
    // Only what was in flight at the kill, at most the lanes of three runs, was begun twice.
    for (const part of preparedBefore) expect(after[part.part_index]).toEqual(part);
    expect(after.filter(({ attempts }) => attempts > 1).length).toBeLessThanOrEqual(12);

    const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
    expect(audiences.map(({ name }) => name).sort()).toEqual(['North', 'South', 'West']);
    for (const audience of audiences) {
      expect(audience.members).toBe(ROWS);
      expect(new Set(audience.file_paths).size).toBe(after.length);
    }
  }, 240_000);
});

describe('a run that was canceled in the middle', () => {
  it('is tried again on what was prepared: no part is prepared twice, and the parts go when it completes', async () => {
    const uploadId = await product.upload(customers(ROWS + 1));
    const connectionId = await connectionFor(ADVERTISER);
    const { id } = await product.activate({
      uploadId,
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Second try' },
    });
    await product.until(id, ({ progress }) => progress.partsUploaded >= 2);
    await product.post(`/v1/activations/${id}/cancel`);
    await product.until(id, ({ phase }) => phase === 'canceled');
    const before = (await product.get<{ data: Part[] }>(`/v1/activations/${id}/parts`)).data;
    expect(before.filter(({ preparedAt }) => preparedAt !== null).length).toBeGreaterThanOrEqual(2);

    const retried = (await (await product.post(`/v1/activations/${id}/retry`)).json()) as Activation;
    const done = await product.until(retried.id, ({ phase }) => phase === 'completed');
    expect(done.progress).toMatchObject({ rowsRead: ROWS + 1, rowsSent: ROWS + 1 });
    const after = (await product.get<{ data: Part[] }>(`/v1/activations/${retried.id}/parts`)).data;
    for (const part of before.filter(({ preparedAt }) => preparedAt !== null)) {
      expect(after[part.index]).toMatchObject({ preparedAt: part.preparedAt, attempts: part.attempts });
    }
    const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
    const made = audiences.filter(({ name }) => name.startsWith('Second try'));
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ name: 'Second try', members: ROWS + 1 });
    const objects = await readdir(join(product.folder, 'objects', 'objects'));
    expect(objects).not.toContain('parts');
  }, 180_000);
});

interface PreparedPart {
  readonly part_index: number;
  readonly attempts: number;
  readonly md5: string;
  readonly prepared_at: Date;
}

const preparedParts = () =>
  query<PreparedPart>(
    'select part_index, attempts, md5, prepared_at from preparation_parts where prepared_at is not null order by part_index',
  );

async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: product.stack.addresses.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function connectionFor(advertiserId: string): Promise<string> {
  return signIn('/v1/connections', advertiserId, { platform: 'tiktok-customer-file' });
}

async function signIn(path: string, advertiserId: string, body?: object): Promise<string> {
  const begun = (await (await product.post(path, body)).json()) as NewConnection;
  const landing = await fetch(`${begun.authorizationUrl}&decision=approve&advertiser=${advertiserId}`);
  if (!landing.ok) throw new Error(`the sign-in ended with ${landing.status}`);
  return begun.id;
}
