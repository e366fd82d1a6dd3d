import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAgain } from '../../src/api/activations/second-look.js';
import { type Activation, activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { createConnectionAccess } from '../../src/connections/access.js';
import { createEnvironments } from '../../src/connections/environments.js';
import { createTokenCipher } from '../../src/connections/token-cipher.js';
import { recordAudience, recordEnd } from '../../src/database/activations.js';
import { findPublication, recordPublished, recordSend } from '../../src/database/publications.js';
import { DMP, emailFile, SandboxClient } from '../sandbox/running-sandbox.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { capturingLogger, type RunningApi, runApi } from './support/running-api.js';

const HOUR = 3_600_000;
const SMALL = { code: 'audience_too_small', title: 'Too small', detail: 'Too small.', url: null };

let api: RunningApi;
let request: ActivationRequest;
let sandbox: SandboxClient;
beforeAll(async () => {
  api = await runApi();
  request = await readyToActivate(api);
  sandbox = new SandboxClient(api.sandboxUrl);
  sandbox.token = await sandbox.signIn();
  await sandbox.admin('PATCH', 'settings', { minimumMatched: 10 });
});
afterAll(() => api.stop());

/** A run that has made or changed an audience of 20 people, and then ended as if it had seen 5 of them. */
async function ended(phase: 'completed' | 'canceled', audienceId: string): Promise<string> {
  const { id } = activation.parse((await api.post('/v1/activations', request)).body);
  const intent = {
    activationId: id,
    action: 'create',
    oneTimeName: null,
    audienceId: null,
    historyBefore: null,
  };
  await recordSend(api.db, intent, 0, 1_000);
  await recordPublished(api.db, id, {
    audienceId,
    requestId: 'r',
    warning: 'Taken in part.',
    doubted: false,
  });
  await recordAudience(api.db, id, { id: audienceId, state: 'too_small', matched: 5, words: null });
  await recordEnd(api.db, id, { phase, failure: null, attention: SMALL });
  return id;
}

const newAudience = async () => sandbox.create([await sandbox.upload(emailFile(0, 20))]);
const look = async (id: string): Promise<Activation> =>
  activation.parse((await api.get(`/v1/activations/${id}`)).body);
const gets = async () => (await sandbox.calls(`${DMP}get/`)).length;

async function lookAfter(hours: number): Promise<void> {
  const { tiktok, tiktokLimits: limits, encryptionKeys } = api.settings;
  const { db } = api;
  const environments = createEnvironments(tiktok, { db, limits, patienceMs: 60_000 });
  const access = createConnectionAccess({ db, environments, cipher: createTokenCipher(encryptionKeys) });
  await lookAgain({ db, access, logger: capturingLogger().logger }, new Date(Date.now() + hours * HOUR));
}

describe('the second look at an audience', () => {
  it('comes once, after the 48 hours of matching: size, state and what a person is told are those of then', async () => {
    const id = await ended('completed', await newAudience());
    await lookAfter(47);
    expect((await look(id)).audience).toMatchObject({ state: 'too_small', matched: 5 });
    await lookAfter(49);
    expect(await look(id)).toMatchObject({
      phase: 'completed',
      audience: { state: 'ready', matched: 20, words: 'Taken in part.' },
    });
    expect((await look(id)).attention?.code).not.toBe(SMALL.code);
    const before = await gets();
    await lookAfter(50);
    expect(await gets()).toBe(before);
  });

  it('shows what became of the audience of a run that was canceled after the publication, which still says so', async () => {
    const id = await ended('canceled', await newAudience());
    await lookAfter(49);
    expect(await look(id)).toMatchObject({
      phase: 'canceled',
      attention: SMALL,
      audience: { state: 'ready', matched: 20 },
    });
  });

  it('says when somebody has deleted the audience', async () => {
    const audienceId = await newAudience();
    const id = await ended('completed', audienceId);
    await sandbox.post(`${DMP}delete/`, {
      advertiser_id: request.advertiserId,
      custom_audience_ids: [audienceId],
    });
    await lookAfter(49);
    expect(await look(id)).toMatchObject({
      audience: { state: 'gone' },
      attention: { code: 'audience_gone' },
    });
  });

  it('leaves a run alone whose audience a later one has changed', async () => {
    const audienceId = await newAudience();
    const [earlier, later] = [await ended('completed', audienceId), await ended('completed', audienceId)];
    await lookAfter(49);
    expect((await look(earlier)).audience.matched).toBe(5);
    expect((await look(later)).audience.matched).toBe(20);
  });

  it('waits while TikTok cannot be asked, for a week', async () => {
    const id = await ended('completed', await newAudience());
    const placed = { endpoint: `${DMP}get/`, kind: 'code', code: 50000, times: 1 };
    await sandbox.admin('POST', 'faults', placed);
    await lookAfter(49);
    expect((await findPublication(api.db, id))?.looked_again_at).toBeNull();
    await lookAfter(10 * 24);
    expect((await look(id)).audience.matched).toBe(5);
    await lookAfter(50);
    expect((await look(id)).audience.matched).toBe(20);
  });
});
