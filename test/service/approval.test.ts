import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

let product: TestStack;
let connectionId: string;
beforeAll(async () => {
  product = await startTestStack();
  await product.admin('PATCH', 'settings', { minimumMatched: 0, processingSeconds: 1 });
  connectionId = await product.connect();
});
afterAll(() => product?.stop());

async function begin(audience: object, content: string, more: object = {}): Promise<Activation> {
  const uploadId = await product.upload(content);
  return product.activate({ uploadId, connectionId, advertiserId: ADVERTISER, audience, ...more });
}

const asked = (id: string) => product.until(id, ({ phase }) => phase === 'waiting_for_approval');
const ended = (id: string) => product.until(id, ({ finishedAt }) => finishedAt !== null);

async function answer(id: string, word: 'approve' | 'reject'): Promise<Activation> {
  expect((await product.post(`/v1/activations/${id}/${word}`)).status).toBe(202);
  return ended(id);
}

/** The sandbox's own people, whom it can match. */
const people = (from: number, to: number) =>
  ['maid', ...Array.from({ length: to - from }, (_, row) => maid(from + row)), ''].join('\n');

const maid = (n: number) =>
  `${n.toString(16).padStart(8, '0')}-5a4d-4b1e-9c3f-${n.toString(16).padStart(12, '0')}`;

async function inside(audienceId: string | null): Promise<SandboxAudience | undefined> {
  const all = await product.admin<SandboxAudience[]>('GET', 'audiences');
  return all.find((audience) => audience.audience_id === audienceId);
}

/** Fewer than 1,000, so that TikTok's minimum is not what a removal is asked about. */
const FEW = 900;

async function newAudience(name: string, size = 2_000): Promise<{ audienceId: string; matched: number }> {
  const done = await ended((await begin({ action: 'create', name }, people(0, size))).id);
  const audienceId = done.audience.id ?? expect.unreachable();
  const matched = (await inside(audienceId))?.matched ?? expect.unreachable();
  expect(matched).toBeGreaterThan(500);
  return { audienceId, matched };
}

describe('a replacement after which the audience would be less than half as large', () => {
  it('is made when a person approves it, and asked for nobody when enough people stay', async () => {
    const { audienceId, matched } = await newAudience('Replaced');
    const replace = { action: 'replace', audienceId, confirmCurrentSize: matched };
    const run = await begin(replace, people(0, 150));
    const { attention } = await asked(run.id);
    expect(attention).toMatchObject({
      code: 'audience_would_shrink',
      detail: expect.stringContaining(`The audience has ${matched} matched users`),
    });
    expect((await inside(audienceId))?.members).toBe(2_000);

    expect(await answer(run.id, 'approve')).toMatchObject({ phase: 'completed' });
    const small = await inside(audienceId);
    expect(small?.members).toBe(150);

    const larger = await begin({ ...replace, confirmCurrentSize: small?.matched ?? 0 }, people(0, 900));
    expect(await ended(larger.id)).toMatchObject({ phase: 'completed' });
    expect((await inside(audienceId))?.members).toBe(900);
  });

  it('is not made when a person rejects it: the run says so and the audience is as it was', async () => {
    const { audienceId, matched } = await newAudience('Kept');
    const run = await begin({ action: 'replace', audienceId, confirmCurrentSize: matched }, people(0, 150));
    await asked(run.id);
    expect(await answer(run.id, 'reject')).toMatchObject({
      phase: 'failed',
      failure: { code: 'change_rejected', help: expect.stringContaining('right file') },
    });
    expect((await inside(audienceId))?.members).toBe(2_000);
  });
});

describe('a removal after which the audience would be less than half as large', () => {
  const UPDATE = 'dmp/custom_audience/update/';
  const changes = async () => (await product.admin<object[]>('GET', `calls?endpoint=${UPDATE}`)).length;

  it('is made when a person approves it', async () => {
    const { audienceId, matched } = await newAudience('Thinned out', FEW);
    const run = await begin({ action: 'remove', audienceId }, people(0, 700));
    const { attention } = await asked(run.id);
    expect(attention).toMatchObject({
      code: 'audience_would_shrink',
      detail: expect.stringContaining(`The audience has ${matched} matched users`),
    });
    expect((await inside(audienceId))?.members).toBe(FEW);

    expect(await answer(run.id, 'approve')).toMatchObject({ phase: 'completed' });
    expect((await inside(audienceId))?.members).toBe(FEW - 700);
  });

  it('is not made when a person rejects it: TikTok was asked for no change and the audience is as it was', async () => {
    const { audienceId } = await newAudience('As it was', FEW);
    const before = await inside(audienceId);
    const changesBefore = await changes();
    const run = await begin({ action: 'remove', audienceId }, people(0, 700));
    await asked(run.id);
    expect(await answer(run.id, 'reject')).toMatchObject({
      phase: 'failed',
      failure: { code: 'change_rejected' },
      audience: { state: null },
    });
    expect(await inside(audienceId)).toEqual(before);
    expect(await changes()).toBe(changesBefore);
  });
});

describe('a file over its limit of rejected rows', () => {
  const damaged = `${customers(80)}${Array.from({ length: 20 }, (_, row) => `no address ${row}`).join('\n')}\n`;
  const ask = { rejectedRowLimit: { percent: 5, onExceeded: 'ask' } };

  it('is asked about where the request wants that, with figures and cause, and published when approved', async () => {
    const run = await begin({ action: 'create', name: 'Asked' }, damaged, ask);
    const { attention } = await asked(run.id);
    expect(attention).toMatchObject({
      code: 'rejected_rows_over_limit',
      detail: expect.stringMatching(
        /^20 of 100 rows have no usable identifier; the limit is 5 %\..*80 others/,
      ),
    });
    expect(JSON.stringify(attention)).not.toContain('no address');
    const done = await answer(run.id, 'approve');
    expect(done).toMatchObject({ phase: 'completed', progress: { rowsSent: 80, rowsRejected: 20 } });
    expect((await inside(done.audience.id))?.members).toBe(80);
  });

  it('makes no audience when rejected', async () => {
    const run = await begin({ action: 'create', name: 'Refused' }, damaged, ask);
    await asked(run.id);
    const done = await answer(run.id, 'reject');
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'rejected_row_limit' } });
    const names = (await product.admin<SandboxAudience[]>('GET', 'audiences')).map(({ name }) => name);
    expect(names.filter((name) => name.includes('Refused') || name.includes(run.id))).toEqual([]);
  });
});
