import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedRequest } from '../../src/activation/stored-request.js';
import { activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { newConnection } from '../../src/api/schemas/connection.js';
import { findActivation } from '../../src/database/activations.js';
import { countActivations, readyToActivate } from './support/activation-fixtures.js';
import { idOfUpload, problemOf } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let request: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  request = await readyToActivate(api);
});
afterAll(() => api.stop());

describe('POST /v1/activations', () => {
  it('accepts a request, starts its run and answers with the activation and its address', async () => {
    const answer = await api.post('/v1/activations', request);
    expect(answer.status).toBe(202);
    const accepted = activation.parse(answer.body);
    expect(accepted).toMatchObject({
      uploadId: request.uploadId,
      connectionId: request.connectionId,
      phase: 'queued',
      dryRun: false,
      normalization: 'brief-2024',
      audience: { action: 'create', name: 'Spring buyers', id: null, state: null, matched: null },
      links: { temporal: `http://127.0.0.1:8233/namespaces/default/workflows/${accepted.id}` },
    });
    expect(answer.headers.get('location')).toBe(accepted.links.self);
    expect(accepted.links.self).toBe(`${api.url}/v1/activations/${accepted.id}`);
    expect((await api.get(`/v1/activations/${accepted.id}`)).body).toEqual(answer.body);

    const started = api.runs.started.find(({ input }) => input.activationId === accepted.id);
    expect(started?.title).toBe(`Create audience “Spring buyers” from upload ${request.uploadId}`);
    expect(started?.input).toEqual({
      activationId: accepted.id,
      connectionId: request.connectionId,
      advertiserId: request.advertiserId,
      action: 'create',
      dryRun: false,
      simulation: false,
      lanes: 4,
      reconnectWithinMs: 2_592_000_000,
      consoleUrl: `${api.url}/activations/${accepted.id}`,
      continueAfterEvents: 3_000,
    });
  });

  it('stores columns and filters by index, and no header text', async () => {
    const { body } = await api.post('/v1/activations', {
      ...request,
      audience: { action: 'replace', audienceId: '195365742', confirmCurrentSize: 4_321 },
      columns: { email: 'email' },
      include: [{ column: 'Accepts Marketing', values: [' Yes '] }],
      normalization: 'tiktok-2025-09',
      rejectedRowLimit: { percent: 2.5 },
      dryRun: true,
    });
    const row = await findActivation(api.db, activation.parse(body).id);
    expect(storedRequest.parse(row?.request)).toEqual({
      audience: { action: 'replace', audienceId: '195365742', confirmCurrentSize: 4_321 },
      columns: [{ index: 0, identifier: 'email' }],
      include: [{ column: 1, values: ['yes'] }],
      normalization: 'tiktok-2025-09',
      rejectedRowPercent: 2.5,
      dryRun: true,
    });
    expect(JSON.stringify(row?.request)).not.toContain('Accepts');
  });

  it('keeps the title of a run within the 200 bytes that Temporal shows', async () => {
    await api.post('/v1/activations', {
      ...request,
      audience: { action: 'create', name: '買い物客'.repeat(32) },
    });
    const title = api.runs.started.at(-1)?.title ?? '';
    expect(Buffer.byteLength(title)).toBeLessThanOrEqual(200);
    expect(title.endsWith('…')).toBe(true);
    expect(title).not.toContain('\uFFFD');
  });
});

describe('a request that cannot be accepted', () => {
  async function uploadOf(content: string | Uint8Array<ArrayBuffer>): Promise<string> {
    return api.upload(content);
  }

  async function expectRefusal(
    body: unknown,
    status: number,
    code: string,
    pointer?: string,
  ): Promise<ReturnType<typeof problemOf>> {
    const before = await countActivations(api);
    const started = api.runs.started.length;
    const answer = await api.post('/v1/activations', body);
    const problem = problemOf(answer);
    expect([answer.status, problem.code]).toEqual([status, code]);
    if (pointer !== undefined) expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
    expect(await countActivations(api)).toBe(before);
    expect(api.runs.started.length).toBe(started);
    return problem;
  }

  it('because its upload is unknown', () =>
    expectRefusal({ ...request, uploadId: 'upl_00000000000000000000' }, 422, 'unknown_upload', '/uploadId'));

  it('because its upload was deleted', async () => {
    const uploadId = await uploadOf('email\nanna.adler.0@example.com\n');
    await api.tus('DELETE', `/v1/uploads/${uploadId}`);
    await expectRefusal({ ...request, uploadId }, 422, 'unknown_upload');
  });

  it('because its upload is not complete', async () => {
    const uploadId = idOfUpload(await api.tus('POST', '/v1/uploads', { 'upload-length': '100' }));
    await expectRefusal({ ...request, uploadId }, 409, 'upload_incomplete');
  });

  it('because its connection is unknown', () =>
    expectRefusal({ ...request, connectionId: 'con_none' }, 422, 'unknown_connection', '/connectionId'));

  it('because nobody has signed in for its connection', async () => {
    const { id } = newConnection.parse(
      (await api.post('/v1/connections', { platform: 'tiktok-customer-file' })).body,
    );
    await expectRefusal({ ...request, connectionId: id }, 409, 'connection_not_configured');
  });

  it('because the connection does not cover its advertiser', () =>
    expectRefusal(
      { ...request, advertiserId: '7000000000000000009' },
      422,
      'unknown_advertiser',
      '/advertiserId',
    ));

  it('because the file is empty', async () => {
    const uploadId = idOfUpload(await api.tus('POST', '/v1/uploads', { 'upload-length': '0' }));
    await expectRefusal({ ...request, uploadId }, 422, 'empty_file');
  });

  it('because the file has a header only', async () => {
    await expectRefusal({ ...request, uploadId: await uploadOf('Email,Phone\n') }, 422, 'no_rows');
  });

  it('because the file is a picture named .csv', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
    await expectRefusal({ ...request, uploadId: await uploadOf(png) }, 422, 'not_text');
  });

  it('because the file has no column with identifiers', async () => {
    const uploadId = await uploadOf('City,Colour\nBonn,red\nRome,blue\n');
    await expectRefusal({ ...request, uploadId }, 422, 'no_identifier_column');
  });

  it('because its mapping names no column', () =>
    expectRefusal({ ...request, columns: { Mail: 'email' } }, 422, 'column_not_found'));

  it('because its filter names no column', () =>
    expectRefusal(
      { ...request, include: [{ column: 'Consent', values: ['yes'] }] },
      422,
      'column_not_found',
    ));

  it('because its mapping uses a header that occurs twice', async () => {
    const uploadId = await uploadOf('Email,Email\nanna.adler.0@example.com,ben.adler.0@example.org\n');
    const problem = await expectRefusal(
      { ...request, uploadId, columns: { Email: 'email' } },
      422,
      'column_ambiguous',
    );
    expect(problem.detail).toContain('0 and 1');
  });

  it('because the name of the audience has more than 128 characters', () =>
    expectRefusal(
      { ...request, audience: { action: 'create', name: 'x'.repeat(129) } },
      422,
      'invalid_request',
      '/audience/name',
    ));

  it('because replacing was not confirmed with the present size', () =>
    expectRefusal(
      { ...request, audience: { action: 'replace', audienceId: '195365742' } },
      422,
      'invalid_request',
      '/audience/confirmCurrentSize',
    ));

  it.each([
    ['an array', []],
    ['a text', 'activate'],
    ['null', null],
    ['an unknown member', { surprise: true }],
    ['a number as an id', { advertiserId: 7_000_000_000 }],
    ['an unknown profile', { normalization: 'latest' }],
    ['a limit over 100', { rejectedRowLimit: { percent: 101 } }],
  ])('because the body is or has %s', async (_name, change) => {
    const isObject = typeof change === 'object' && change !== null && !Array.isArray(change);
    await expectRefusal(isObject ? { ...request, ...change } : change, 422, 'invalid_request');
  });

  it('without repeating what may be a value of a row', async () => {
    const problem = await expectRefusal(
      { ...request, columns: { 'anna.adler.0@example.com': 'mail' } },
      422,
      'invalid_request',
    );
    expect(JSON.stringify(problem)).not.toContain('anna');
  });
});

describe('an upload that an open run uses', () => {
  it('cannot be deleted', async () => {
    const uploadId = await api.upload('email\nanna.adler.0@example.com\n');
    await api.post('/v1/activations', { ...request, uploadId });
    const answer = await api.tus('DELETE', `/v1/uploads/${uploadId}`);
    expect(answer.status).toBe(409);
    expect(problemOf(answer).code).toBe('upload_in_use');
    expect((await api.get(`/v1/uploads/${uploadId}`)).body).toMatchObject({
      complete: true,
      expiresAt: null,
    });
  });
});
