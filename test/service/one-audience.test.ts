import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const ROWS = 3_000;

let product: TestStack;
let connectionId: string;
let uploadId: string;
beforeAll(async () => {
  product = await startTestStack({ PART_BYTES: '50000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  connectionId = await product.connect();
  uploadId = await product.upload(customers(ROWS));
});
afterAll(() => product?.stop());

const request = (name: string) => ({
  uploadId,
  connectionId,
  advertiserId: ADVERTISER,
  audience: { action: 'create', name },
});

async function audiences(name: string): Promise<SandboxAudience[]> {
  const all = await product.admin<SandboxAudience[]>('GET', 'audiences');
  return all.filter((audience) => audience.name.startsWith(name));
}

// The first one: a minute after lost answers others look for extra audiences, which calls TikTok too.
describe('a dry run', () => {
  it('calls TikTok for nothing, and says what it would upload: what a real run uploads then', async () => {
    const calls = async () => (await product.admin<unknown[]>('GET', 'calls')).length;
    const before = await calls();
    const dry = await product.activate({ ...request('Dry'), dryRun: true });
    const predicted = await product.until(dry.id, ({ phase }) => phase === 'completed');
    expect(predicted).toMatchObject({ dryRun: true, audience: { id: null, state: null } });
    expect(await calls()).toBe(before);

    const { id } = await product.activate(request('Not dry'));
    const { progress, prediction } = await product.until(id, ({ phase }) => phase === 'completed');
    expect(prediction).toBeNull();
    const [made] = await audiences('Not dry');
    const sizes = (made?.file_paths ?? []).map(async (path) => {
      const file = await fetch(`${product.sandbox}/_sandbox/files/${path}`);
      return (await file.arrayBuffer()).byteLength;
    });
    expect(sizes.length).toBeGreaterThan(1);
    expect(predicted.prediction?.files.map(({ bytes }) => bytes)).toEqual(await Promise.all(sizes));
    expect(predicted.prediction).toMatchObject({
      calculateType: 'EMAIL_SHA256',
      rows: progress.rowsSent,
      bytes: progress.bytesUploaded,
      calls: sizes.length + 3,
    });
  });
});

describe('exactly one audience', () => {
  it.each([
    ['the answer of create is lost', 'dmp/custom_audience/create/', 'reset-after'],
    ['the connection breaks before create', 'dmp/custom_audience/create/', 'reset-before'],
    ['the answer of an upload is lost', 'dmp/custom_audience/file/upload/', 'reset-after'],
    ['the answer of the renaming is lost', 'dmp/custom_audience/update/', 'reset-after'],
  ])('when %s', async (name, endpoint, kind) => {
    await product.admin('POST', 'faults', { endpoint, kind, times: 1 });
    const { id } = await product.activate(request(name));
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    const made = await audiences(name);
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ name, members: ROWS, audience_id: done.audience.id });
    expect(new Set(made[0]?.file_paths).size).toBe(done.progress.partsTotal);
  });

  it('when TikTok has lost the uploaded files at the publication', async () => {
    await product.admin('POST', 'faults', {
      endpoint: 'dmp/custom_audience/create/',
      kind: 'code',
      code: 40910,
      message: 'The file has expired.',
      times: 1,
    });
    const { id } = await product.activate(request('Expired'));
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    const made = await audiences('Expired');
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ members: ROWS });
    expect(made[0]?.file_paths).toHaveLength(done.progress.partsTotal);
  });

  it('when the run is cancelled while TikTok makes it, and the report tells of it', async () => {
    const endpoint = 'dmp/custom_audience/create/';
    await product.admin('POST', 'faults', { endpoint, kind: 'slow', seconds: 8, times: 1 });
    const { id } = await product.activate(request('Cancelled'));
    await expect.poll(() => product.admin('GET', 'faults')).toEqual([]);
    await product.post(`/v1/activations/${id}/cancel`);
    const { phase, attention } = await product.until(id, ({ finishedAt }) => finishedAt !== null);
    const made = await audiences('Cancelled');
    expect(made).toMatchObject([{ name: 'Cancelled', members: ROWS }]);
    expect(phase).toBe('canceled');
    expect(attention?.detail).toContain(`has created the audience “Cancelled” (${made[0]?.audience_id})`);
  });

  it('when a part has no row to send, since TikTok takes no empty file', async () => {
    const rows = Array.from(
      { length: ROWS },
      (_, row) => `late.${row}@example.com,${row < 2_000 ? 'no' : 'yes'}`,
    );
    const { id } = await product.activate({
      ...request('Late consent'),
      uploadId: await product.upload(`email,consent\n${rows.join('\n')}\n`),
      include: [{ column: 'consent', values: ['yes'] }],
    });
    const { progress } = await product.until(id, ({ phase }) => phase === 'completed');
    expect(progress).toMatchObject({ rowsSent: 1_000, rowsExcluded: 2_000 });
    expect(progress.partsUploaded).toBeLessThan(progress.partsTotal);
    expect(await audiences('Late consent')).toMatchObject([{ members: 1_000 }]);
  });

  it('when the same request comes twenty times at the same moment with one Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'twenty-at-once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => product.activate(request('Twenty'), headers)),
    );
    const ids = new Set(answers.map(({ id }) => id));
    expect(ids.size).toBe(1);
    for (const id of ids) await product.until(id, ({ phase }) => phase === 'completed');
    expect(await audiences('Twenty')).toHaveLength(1);
  });
});

describe('a run that is canceled while it is not known whether TikTok was asked', () => {
  it('asks for nothing more, and makes no audience', async () => {
    const name = 'Canceled in time';
    const endpoint = 'dmp/custom_audience/create/';
    await product.admin('POST', 'faults', { endpoint, kind: 'reset-before', times: 1 });
    const { id } = await product.activate(request(name));
    const asked = async () => (await product.admin<unknown[]>('GET', `calls?endpoint=${endpoint}`)).length;
    const before = await asked();
    await product.until(id, ({ phase }) => phase === 'publishing');
    await expect.poll(asked).toBeGreaterThan(before);
    expect((await product.post(`/v1/activations/${id}/cancel`)).status).toBe(202);
    await expect.poll(async () => (await product.activation(id)).phase, { timeout: 90_000 }).toBe('canceled');
    expect(await audiences(name)).toEqual([]);
    expect(await asked()).toBe(before + 1);
  }, 120_000);
});
