import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { activation } from '../../src/api/schemas/activation.js';
import { newConnection } from '../../src/api/schemas/connection.js';
import { createApiClient } from '../../src/cli/api-client.js';
import { sandboxConnection } from '../../src/cli/sandbox-connection.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { CUSTOMERS } from './support/activation-fixtures.js';
import { ADVERTISER, problemOf } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

// Beside the app of the "real" TikTok, which is the sandbox that every API of these tests has, a second sandbox.
let sandbox: Sandbox;
let folder: string;
let api: RunningApi;
let withoutSandbox: RunningApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'activate-audience-simulation-'));
  sandbox = await startSandbox({ dataDir: folder });
  const app = {
    appId: '7000000000000000000',
    appSecret: 'sandbox-secret',
    apiUrl: `${sandbox.url}/open_api/v1.3/`,
    portalUrl: `${sandbox.url}/portal/auth`,
  };
  withoutSandbox = await runApi();
  api = await runApi({ tiktok: { live: withoutSandbox.settings.tiktok.live, sandbox: app } });
});
afterAll(async () => {
  await api.stop();
  await withoutSandbox.stop();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

const create = (environment?: string) =>
  api.post('/v1/connections', { platform: 'tiktok-customer-file', ...(environment ? { environment } : {}) });

const callsOf = async (url: string) =>
  z.array(z.object({ endpoint: z.string() })).parse(await (await fetch(`${url}/_sandbox/calls`)).json());

it('a connection leads to TikTok itself unless the sandbox is asked for, and each is signed in at its own place', async () => {
  const real = newConnection.parse((await create()).body);
  const simulated = newConnection.parse((await create('sandbox')).body);
  expect([real.environment, simulated.environment]).toEqual(['live', 'sandbox']);
  expect(new URL(real.authorizationUrl).origin).toBe(withoutSandbox.sandboxUrl);
  expect(new URL(simulated.authorizationUrl).origin).toBe(sandbox.url);
  const platforms = (await api.get('/v1/platforms')).body;
  expect(platforms).toMatchObject({ data: [{ environments: ['live', 'sandbox'] }] });
});

it('a run to the sandbox says that it is a simulation, and TikTok itself is not called', async () => {
  const before = (await callsOf(withoutSandbox.sandboxUrl)).length;
  const client = createApiClient({ url: api.url });
  const { id } = await sandboxConnection(client);
  expect((await sandboxConnection(client)).id).toBe(id);
  const request = {
    uploadId: await api.upload(CUSTOMERS),
    connectionId: id,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name: 'Try' },
  };
  const run = activation.parse((await api.post('/v1/activations', request)).body);
  expect(run.simulation).toBe(true);
  const started = api.runs.started.find(({ input }) => input.activationId === run.id);
  expect(started).toMatchObject({
    title: expect.stringMatching(/^Simulation: /),
    input: { simulation: true },
  });
  await api.get(`/v1/connections/${id}/advertisers/${ADVERTISER}/audiences`);
  expect((await callsOf(sandbox.url)).map(({ endpoint }) => endpoint)).toContain('dmp/custom_audience/list/');
  expect((await callsOf(withoutSandbox.sandboxUrl)).length).toBe(before);
});

it('a dry run says that it is one, also in the simulation', async () => {
  const [live, simulated, uploadId] = await Promise.all([
    api.connect(),
    sandboxConnection(createApiClient({ url: api.url })),
    api.upload(CUSTOMERS),
  ]);
  const titleOf = async (connectionId: string, dryRun: boolean) => {
    const audience = { action: 'create', name: 'Try' };
    const request = { uploadId, connectionId, advertiserId: ADVERTISER, audience, dryRun };
    const { id } = activation.parse((await api.post('/v1/activations', request)).body);
    return api.runs.started.find(({ input }) => input.activationId === id)?.title;
  };
  expect(await titleOf(live.id, true)).toMatch(/^Dry run: Create audience “Try”/);
  expect(await titleOf(simulated.id, true)).toMatch(/^Simulation: Dry run: Create audience “Try”/);
  expect(await titleOf(live.id, false)).toMatch(/^Create audience “Try”/);
});

it('a run to TikTok itself is none', async () => {
  const { id } = await api.connect();
  const request = {
    uploadId: await api.upload(CUSTOMERS),
    connectionId: id,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name: 'Real' },
  };
  expect(activation.parse((await api.post('/v1/activations', request)).body).simulation).toBe(false);
});

it('what the server does not have is refused in words', async () => {
  const answer = await withoutSandbox.post('/v1/connections', {
    platform: 'tiktok-customer-file',
    environment: 'sandbox',
  });
  expect(problemOf(answer)).toMatchObject({ status: 422, code: 'environment_missing' });
  expect(problemOf(answer).detail).toContain('TIKTOK_SANDBOX_URL');
});
