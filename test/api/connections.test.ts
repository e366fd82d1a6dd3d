import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activation } from '../../src/api/schemas/activation.js';
import { audience } from '../../src/api/schemas/audience.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { ADVERTISER, problemOf, SECOND_ADVERTISER } from './support/api-caller.js';
import { connectionCalls } from './support/connection-calls.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

const { create, look, signInAgain, sandbox } = connectionCalls(() => api);

describe('disconnecting', () => {
  it('revokes at TikTok and forgets the token', async () => {
    const { id } = await api.connect();
    expect((await api.call(`/v1/connections/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await look(id)).status).toBe('disconnected');
    const row = await api.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.access_token).toBeNull();
    const calls = await (
      await fetch(`${api.sandboxUrl}/_sandbox/calls?endpoint=oauth2/revoke_token/`)
    ).text();
    expect(calls).toContain('revoke_token');
    await api.signIn(await signInAgain(id));
    expect((await look(id)).status).toBe('configured');
  });

  it('is refused while runs are open, naming them', async () => {
    const request = await readyToActivate(api);
    const { id } = activation.parse((await api.post('/v1/activations', request)).body);
    const answer = await api.call(`/v1/connections/${request.connectionId}`, { method: 'DELETE' });
    expect(problemOf(answer)).toMatchObject({ status: 409, code: 'connection_in_use', activationIds: [id] });
    expect(problemOf(answer).detail).toContain(id);
  });

  it('forgets a token that is dead already, and keeps one that TikTok could not be asked about', async () => {
    const { id } = await api.connect();
    await sandbox('faults', { endpoint: 'oauth2/revoke_token/', kind: 'http', status: 502, times: 1 });
    const unavailable = await api.call(`/v1/connections/${id}`, { method: 'DELETE' });
    expect(problemOf(unavailable)).toMatchObject({ status: 503, code: 'tiktok_unavailable' });
    expect((await look(id)).status).toBe('configured');

    await sandbox('faults', {
      endpoint: 'oauth2/revoke_token/',
      kind: 'code',
      code: 40105,
      message: 'dead',
      times: 1,
    });
    expect((await api.call(`/v1/connections/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await look(id)).toMatchObject({ status: 'disconnected', attention: null });
  });
});

it.each([
  [40101, 'no'],
  [40106, 'The user no longer has the advertiser.'],
  [40000, "app_id is inconsistent with the token's app"],
])(
  'disconnecting says what is left to do when TikTok does not take the authorization back: %i',
  async (code, message) => {
    const { id } = await api.connect();
    await sandbox('faults', { endpoint: 'oauth2/revoke_token/', kind: 'code', code, message, times: 1 });
    // A request that comes twice tells it as well.
    const twice = [1, 2].map(() => api.call(`/v1/connections/${id}`, { method: 'DELETE' }));
    expect((await Promise.all(twice)).map(({ status }) => status)).toEqual([204, 204]);
    expect(await look(id)).toMatchObject({
      status: 'disconnected',
      attention: { code: 'authorization_not_revoked', url: null },
    });
  },
);

it('disconnecting with a token that has expired leaves nothing to do, unless it could be refreshed', async () => {
  const disconnected = async (refreshToken: Buffer | null) => {
    const { id } = await api.connect();
    await api.db
      .updateTable('connections')
      .set({ refresh_token: refreshToken })
      .where('id', '=', id)
      .execute();
    await sandbox('faults', { endpoint: 'oauth2/revoke_token/', kind: 'code', code: 40102, times: 1 });
    expect((await api.call(`/v1/connections/${id}`, { method: 'DELETE' })).status).toBe(204);
    return look(id);
  };
  expect(await disconnected(null)).toMatchObject({ status: 'disconnected', attention: null });
  expect(await disconnected(Buffer.from('refresh'))).toMatchObject({
    status: 'disconnected',
    attention: { code: 'authorization_not_revoked' },
  });
});

describe("an advertiser's audiences", () => {
  const list = z.object({ data: z.array(audience) });

  it('are listed from TikTok', async () => {
    const { id } = await api.connect();
    const answer = await api.get(`/v1/connections/${id}/advertisers/${ADVERTISER}/audiences`);
    expect(list.parse(answer.body).data).toEqual([]);
    expect(answer.status).toBe(200);
  });

  it('are counted anew whenever they are listed', async () => {
    const { id } = await api.connect();
    await api.db
      .updateTable('connection_advertisers')
      .set({ audiences_used: 17 })
      .where('connection_id', '=', id)
      .execute();
    await api.get(`/v1/connections/${id}/advertisers/${ADVERTISER}/audiences`);
    const used = (await look(id)).advertisers.map((one) => [one.id, one.audiences]);
    expect(used).toEqual([
      [ADVERTISER, 0],
      [SECOND_ADVERTISER, 17],
    ]);
  });

  it('are 404 for an advertiser that the connection does not cover', async () => {
    const { id } = await api.connect();
    const answer = await api.get(`/v1/connections/${id}/advertisers/7000000000000000009/audiences`);
    expect(problemOf(answer).status).toBe(404);
  });

  it('tell with 409 that somebody has to sign in again, and the connection remembers it', async () => {
    const { id, authorizedBy } = await api.connect();
    await sandbox('faults', {
      endpoint: 'dmp/custom_audience/list/',
      kind: 'code',
      code: 40105,
      message: 'dead',
      times: 1,
    });
    const answer = await api.get(`/v1/connections/${id}/advertisers/${ADVERTISER}/audiences`);
    expect(problemOf(answer)).toMatchObject({ status: 409, code: 'reconnect_tiktok' });
    const broken = await look(id);
    expect(broken).toMatchObject({
      status: 'needs_reauthorization',
      attention: { code: 'reconnect_tiktok' },
    });
    expect(broken.attention?.detail).toContain(authorizedBy ?? 'nobody');
    expect(broken.attention?.url).toBe(`${api.url}/connections/${id}/sign-in`);
    expect(broken.lastFailure).toMatchObject({ kind: 'reauthorize', code: 40105 });
    expect(broken.lastCheckedAt).toBe(broken.lastFailure?.at);
    await api.signIn(await signInAgain(id));
    expect(await look(id)).toMatchObject({ status: 'configured', attention: null });
  });
});

it.each([401, 403, 404])(
  'a page of a firewall with status %i says nothing of the authorization',
  async (status) => {
    const { id } = await api.connect();
    await sandbox('faults', { endpoint: 'dmp/custom_audience/list/', kind: 'http', status, times: 1 });
    const path = `/v1/connections/${id}/advertisers/${ADVERTISER}/audiences`;
    expect(problemOf(await api.get(path))).toMatchObject({ status: 503, code: 'tiktok_unavailable' });
    expect(await look(id)).toMatchObject({
      status: 'configured',
      attention: null,
      lastFailure: { kind: 'transient', code: null },
    });
    expect((await api.get(path)).status).toBe(200);
  },
);

it('lists connections, newest first', async () => {
  const created = [await create(), await create()];
  const { body } = await api.get('/v1/connections?limit=2');
  expect(body).toMatchObject({ data: [{ id: created[1]?.id }, { id: created[0]?.id }] });
});
