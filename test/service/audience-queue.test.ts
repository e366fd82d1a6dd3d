import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { ADVERTISER, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

interface AudienceInside extends SandboxAudience {
  readonly operations: readonly { readonly action: string; readonly state: string }[];
}

let product: TestStack;
let connectionId: string;
beforeAll(async () => {
  product = await startTestStack();
  await product.admin('PATCH', 'settings', { minimumMatched: 0 });
  connectionId = await product.connect();
});
afterAll(() => product?.stop());

const people = (from: number, to: number) =>
  ['email', ...Array.from({ length: to - from }, (_, row) => `queue.${from + row}@example.com`), ''].join(
    '\n',
  );

async function begin(audience: object, content: string): Promise<Activation> {
  const uploadId = await product.upload(content);
  return product.activate({ uploadId, connectionId, advertiserId: ADVERTISER, audience });
}

const completed = (id: string) => product.until(id, ({ phase }) => phase === 'completed');

async function newAudience(name: string, content: string): Promise<string> {
  const done = await completed((await begin({ action: 'create', name }, content)).id);
  return done.audience.id ?? '';
}

async function inside(audienceId: string): Promise<AudienceInside | undefined> {
  const all = await product.admin<AudienceInside[]>('GET', 'audiences');
  return all.find((audience) => audience.audience_id === audienceId);
}

describe('changes of one audience at the same moment', () => {
  it('are made one after the other in the order of acceptance, and nothing is lost', async () => {
    const audienceId = await newAudience('Queue', people(0, 300));
    await product.admin('PATCH', 'settings', { processingSeconds: 6 });
    const runs = [
      await begin({ action: 'append', audienceId }, people(300, 500)),
      await begin({ action: 'replace', audienceId, confirmCurrentSize: 0 }, people(1_000, 1_400)),
      await begin({ action: 'append', audienceId }, people(1_400, 1_500)),
    ];
    const last = runs.at(-1)?.id ?? '';
    const waits = await product.until(last, ({ waiting }) => waiting?.kind === 'audience_busy');
    expect(waits.phase).toBe('publishing');
    await Promise.all(runs.map(({ id }) => completed(id)));
    expect(await inside(audienceId)).toMatchObject({
      members: 500,
      operations: ['CREATE', 'APPEND', 'REPLACE', 'APPEND'].map((action) => ({
        action,
        state: 'applied',
      })),
    });
    await product.admin('PATCH', 'settings', { processingSeconds: 3 });
  }, 240_000);

  it('that wait are let through when the run ahead of them is canceled', async () => {
    const audienceId = await newAudience('Canceled ahead', people(0, 100));
    await product.admin('PATCH', 'settings', { processingSeconds: 3_600 });
    const ahead = await begin({ action: 'append', audienceId }, people(100, 200));
    await product.until(ahead.id, ({ phase }) => phase === 'matching');
    const behind = await begin({ action: 'append', audienceId }, people(200, 300));
    await product.until(behind.id, ({ waiting }) => waiting?.kind === 'audience_busy');
    await product.post(`/v1/activations/${ahead.id}/cancel`);
    const canceled = await product.until(ahead.id, ({ finishedAt }) => finishedAt !== null);
    expect(canceled).toMatchObject({
      phase: 'canceled',
      attention: { detail: expect.stringContaining('has built or changed the audience') },
    });
    await product.admin('PATCH', 'settings', { processingSeconds: 1 });
    await completed(behind.id);
    expect(await inside(audienceId)).toMatchObject({ members: 300 });
  }, 120_000);
});

describe('two runs that create an audience of the same name at the same moment', () => {
  it('make two audiences, each exactly one with its own people', async () => {
    const runs = await Promise.all([
      begin({ action: 'create', name: 'Twins' }, people(0, 110)),
      begin({ action: 'create', name: 'Twins' }, people(200, 330)),
    ]);
    const ids = (await Promise.all(runs.map(({ id }) => completed(id)))).map(({ audience }) => audience.id);
    const all = await product.admin<AudienceInside[]>('GET', 'audiences');
    const made = all.filter(({ name }) => name.startsWith('Twins'));
    expect(made.map(({ name }) => name)).toEqual(['Twins', 'Twins']);
    for (const [index, members] of [110, 130].entries()) {
      expect(made.find(({ audience_id }) => audience_id === ids[index])).toMatchObject({ members });
    }
  }, 120_000);
});
