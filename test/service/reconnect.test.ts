import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTemporalCli } from '../../src/local/find-tools.js';
import { runCli } from '../cli/run-cli.js';
import { ADVERTISER, customers, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const run = promisify(execFile);
const ROWS = 40_000;

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

const temporal = async (...args: string[]) => {
  const { stdout } = await run(findTemporalCli(process.env), [
    ...args,
    '--address',
    product.stack.addresses.temporalAddress,
  ]);
  return stdout;
};

async function start(name: string): Promise<string> {
  const { id } = await product.activate({
    uploadId,
    connectionId,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name },
  });
  return id;
}

async function activate(name: string): Promise<string> {
  const id = await start(name);
  await product.until(id, ({ progress }) => progress.partsUploaded >= 2);
  return id;
}

async function expectOneAudience(name: string): Promise<void> {
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  const made = audiences.filter((audience) => audience.name.startsWith(name));
  expect(made).toHaveLength(1);
  expect(made[0]).toMatchObject({ name, members: ROWS });
}

describe('TikTok takes the authorization away in the middle of a run', () => {
  it('waits, says so in the API, on the command line and in Temporal, and the same run goes on once somebody signs in again', async () => {
    const id = await activate('Revoked');
    await product.admin('POST', 'authorizations/revoke');

    const waiting = await product.until(id, ({ phase }) => phase === 'waiting_for_reconnect');
    expect(waiting.attention).toMatchObject({
      code: 'reconnect_tiktok',
      detail: expect.stringContaining('Sign in with TikTok again'),
    });
    expect(waiting.attention?.url).toContain(id);
    const shown = await runCli(['show', id, '--api', product.api]);
    expect(shown.stdout + shown.stderr).toContain('Sign in with TikTok again');
    const page = await temporal('workflow', 'metadata', '--workflow-id', id);
    expect(page).toContain('Waiting for a person: sign in at TikTok');
    const query = 'ActivationPhase="waiting_for_reconnect" AND ExecutionStatus="Running"';
    const listed = await temporal('workflow', 'list', '--query', query);
    expect(listed).toContain(id);
    const connection = await product.get<{ status: string }>(`/v1/connections/${connectionId}`);
    expect(connection.status).toBe('needs_reauthorization');

    await product.connect(connectionId);
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    expect(done.attention).toBeNull();
    expect(done.progress).toMatchObject({ rowsRead: ROWS, rowsSent: ROWS });
    await expectOneAudience('Revoked');
  }, 180_000);

  it.each([
    ['upload', 'dmp/custom_audience/file/upload/'],
    ['publication', 'dmp/custom_audience/create/'],
    ['matching', 'dmp/custom_audience/get/'],
  ])(
    'waits when it happens during the %s, and one audience comes of it in the end',
    async (name, endpoint) => {
      await product.admin('POST', 'faults', { endpoint, kind: 'revoke', times: 1 });
      const id = await start(name);
      const waiting = await product.until(id, ({ phase }) => phase === 'waiting_for_reconnect');
      expect(waiting.attention?.detail).toContain('Sandbox User');
      await product.connect(connectionId);
      await product.until(id, ({ phase }) => phase === 'completed');
      await expectOneAudience(name);
    },
    180_000,
  );

  it('every waiting run of the connection goes on by itself, after a sign-in for another ad account was refused', async () => {
    const names = ['First', 'Second', 'Third'];
    const endpoint = 'dmp/custom_audience/file/upload/';
    await product.admin('POST', 'faults', { endpoint, kind: 'revoke', times: 1 });
    const ids = await Promise.all(names.map(start));
    for (const id of ids) await product.until(id, ({ phase }) => phase === 'waiting_for_reconnect');

    const answer = await product.post(`/v1/connections/${connectionId}/authorizations`);
    const { authorizationUrl } = (await answer.json()) as { authorizationUrl: string };
    const refused = await fetch(`${authorizationUrl}&decision=approve&advertiser=7000000000000000002`);
    expect(refused.status).toBe(400);
    const words = await refused.text();
    expect(words).toContain('This is the access to other ad accounts');
    expect(words).toContain('authorised last by Sandbox User');
    for (const id of ids) expect((await product.activation(id)).phase).toBe('waiting_for_reconnect');

    await product.connect(connectionId);
    for (const id of ids) await product.until(id, ({ phase }) => phase === 'completed');
    for (const name of names) await expectOneAudience(name);
  }, 240_000);

  it('goes on by the signal from the Temporal CLI when a permission was given back without a new sign-in', async () => {
    const id = await activate('Permission');
    await product.admin('POST', 'scopes', { remove: ['31'] });
    await product.until(id, ({ phase }) => phase === 'waiting_for_reconnect');

    await product.admin('POST', 'scopes', { restore: ['31'] });
    await temporal('workflow', 'signal', '--workflow-id', id, '--name', 'reconnected');
    await product.until(id, ({ phase }) => phase === 'completed');
    await expectOneAudience('Permission');
  }, 180_000);
});
