import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
beforeEach(async () => {
  await product.admin('PATCH', 'settings', { processingSeconds: 1 });
});

const people = (from: number, to: number) =>
  ['email', ...Array.from({ length: to - from }, (_, row) => `queue.${from + row}@example.com`), ''].join(
    '\n',
  );

async function begin(audience: object, content: string): Promise<Activation> {
  const uploadId = await product.upload(content);
  return product.activate({ uploadId, connectionId, advertiserId: ADVERTISER, audience });
}

const pathsOf = ({ file_paths }: SandboxAudience) => file_paths;

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
      attention: { detail: expect.stringContaining('has taken the change of the audience') },
    });
    await product.admin('PATCH', 'settings', { processingSeconds: 1 });
    await completed(behind.id);
    expect(await inside(audienceId)).toMatchObject({ members: 300 });
  }, 120_000);
});

const ACTIONS = ['append', 'remove', 'replace'] as const;

const updatesRefusedWith = async (code: number) => {
  const calls = await product.admin<{ outcome: number | string }[]>(
    'GET',
    'calls?endpoint=dmp/custom_audience/update/',
  );
  return calls.filter(({ outcome }) => outcome === code).length;
};

describe('an audience that expires', () => {
  it('while TikTok processes it ends the run, which says so; a change of it uploads nothing', async () => {
    await product.admin('PATCH', 'settings', { processingSeconds: 3_600 });
    const run = await begin({ action: 'create', name: 'Expires', retentionInDays: 1 }, people(0, 100));
    const { audience } = await product.until(run.id, ({ phase }) => phase === 'matching');
    await product.admin('POST', `audiences/${audience.id}/expire`, {});
    expect(await completed(run.id)).toMatchObject({
      audience: { state: 'expired' },
      attention: { code: 'audience_expired', detail: expect.stringContaining('can only be deleted') },
    });

    const files = async () => (await product.admin<unknown[]>('GET', 'files')).length;
    const before = await files();
    const change = await begin({ action: 'append', audienceId: audience.id }, people(100, 200));
    expect(await product.until(change.id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({
      phase: 'failed',
      failure: { code: 'audience_expired', help: expect.stringContaining('Create a new audience') },
    });
    expect(await files()).toBe(before);
  }, 120_000);
});

// From here on the sandbox's clock is ahead of the product's.
describe('changes that wait for so long that TikTok no longer has their files', () => {
  it('upload them again, and each stands in the history once', async () => {
    const cases = await Promise.all(
      [40905, 40910].flatMap((code) =>
        ACTIONS.map(async (action) => ({
          code,
          action,
          audienceId: await newAudience(`Lost files ${action} ${code}`, people(0, 200)),
        })),
      ),
    );
    await product.admin('PATCH', 'settings', { processingSeconds: 3_600 });
    // Each audience is processing an earlier change, for which the change waits with its files uploaded.
    const ahead = await Promise.all(
      cases.map(({ audienceId }) => begin({ action: 'append', audienceId }, people(200, 300))),
    );
    await Promise.all(ahead.map(({ id }) => product.until(id, ({ phase }) => phase === 'matching')));
    const behind = async (lost: number) => {
      const runs = await Promise.all(
        cases
          .filter(({ code }) => code === lost)
          .map(({ action, audienceId }) =>
            begin(
              { action, audienceId, ...(action === 'replace' ? { confirmCurrentSize: 0 } : {}) },
              people(100, 150),
            ),
          ),
      );
      await Promise.all(
        runs.map(({ id }) => product.until(id, ({ waiting }) => waiting?.kind === 'audience_busy')),
      );
      return runs;
    };

    const unknown = await behind(40905);
    const used = new Set((await product.admin<SandboxAudience[]>('GET', 'audiences')).flatMap(pathsOf));
    const files = await product.admin<{ file_path: string }[]>('GET', 'files');
    const waiting = files.filter(({ file_path }) => !used.has(file_path));
    expect(waiting).toHaveLength(ACTIONS.length);
    await Promise.all(waiting.map(({ file_path }) => product.admin('POST', `files/${file_path}/forget`, {})));
    const expired = await behind(40910);
    await product.admin('POST', 'clock', { advanceSeconds: 25 * 3_600 });
    await product.admin('PATCH', 'settings', { processingSeconds: 1 });
    await Promise.all([...ahead, ...unknown, ...expired].map(({ id }) => completed(id)));

    expect(await updatesRefusedWith(40905)).toBe(ACTIONS.length);
    expect(await updatesRefusedWith(40910)).toBe(ACTIONS.length);
    const members = { append: 300, remove: 250, replace: 50 };
    for (const { action, audienceId, code } of cases) {
      expect(await inside(audienceId), `${action} ${code}`).toMatchObject({
        members: members[action],
        operations: ['CREATE', 'APPEND', action.toUpperCase()].map((name) => ({
          action: name,
          state: 'applied',
        })),
      });
    }
  }, 240_000);
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
