import { once } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { problemHandler, toProblem } from '../../src/api/http/problems.js';
import { createLogger } from '../../src/logger.js';
import { StorageError } from '../../src/storage/object-store.js';
import { TikTokError } from '../../src/tiktok/errors.js';
import { problemOf } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

describe('every refusal is problem+json', () => {
  it('for a body that is no JSON, without quoting it', async () => {
    const answer = await api.call('/v1/connections', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"platform": anna.adler.0@example.com',
    });
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'malformed_json' });
    expect(answer.text).not.toContain('anna');
  });

  it('for an unknown address', async () => {
    for (const path of ['/', '/v1', '/v1/nothing', '/v2/uploads', '/docs/none.js', '/%E0%A4%A']) {
      const answer = await api.get(path);
      expect(problemOf(answer).status).toBe(404);
    }
  });

  it('for an address that holds no text', async () => {
    for (const path of ['/v1/activations/%E0', '/v1/uploads/%E0']) {
      expect(problemOf(await api.get(path))).toMatchObject({ status: 400, code: 'bad_address' });
    }
  });

  it.each([
    ['in an address', () => api.get('/v1/activations/act_%00')],
    ['in a query', () => api.get('/v1/activations?q=%00')],
    ['in a name', () => api.post('/v1/connections', { platform: 'tiktok-customer-file', name: 'a\u0000b' })],
  ])('for a character %s that no database stores', async (_where, ask) => {
    expect(problemOf(await ask())).toMatchObject({ status: 400, code: 'unstorable_text' });
  });

  it('for a body whose compression is damaged', async () => {
    const answer = await api.call('/v1/connections', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: 'not packed',
    });
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'malformed_json' });
  });

  it('for a method that an address does not take, which names those that it does', async () => {
    const answer = await api.call('/v1/connections', { method: 'PUT' });
    expect(problemOf(answer)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(answer.headers.get('allow')).toBe('POST, GET');
    expect((await api.get('/v1/activations/act_1/pause')).headers.get('allow')).toBe('POST');
  });

  it('for a body that is too large', async () => {
    const answer = await api.post('/v1/connections', { name: 'x'.repeat(1_100_000) });
    expect(problemOf(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it.each([
    ['/v1/connections', 'text/plain'],
    ['/v1/activations', 'text/csv'],
    ['/v1/activations', 'application/x-www-form-urlencoded'],
  ])('for a body of the wrong type (%s %s)', async (path, type) => {
    const answer = await api.call(path, { method: 'POST', headers: { 'content-type': type }, body: 'a,b' });
    expect(problemOf(answer)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('for a form of far too many fields, which needs no key', async () => {
    const answer = await api.call('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a&'.repeat(1_001),
    });
    expect(problemOf(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('for a request without the body that it needs', async () => {
    expect(problemOf(await api.post('/v1/activations')).status).toBe(415);
  });

  it('for members that are wrong, each with its pointer', async () => {
    const answer = await api.post('/v1/connections', { platform: 'facebook', name: '', more: 1 });
    const problem = problemOf(answer);
    expect(problem).toMatchObject({
      status: 422,
      code: 'invalid_request',
      type: 'urn:activate-audience:problem:invalid_request',
    });
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/platform', '/name']),
    );
  });
});

describe('an answer that fails after its first byte', () => {
  it('ends with a broken connection, and the error is told by nothing but the log', async () => {
    const lines: string[] = [];
    const app = express();
    // Under "test", which Express takes from the environment, it would write nothing anyway.
    app.set('env', 'production');
    app.get('/', (_request, response) => {
      response.write('half an ans');
      throw Object.assign(new Error('duplicate key'), {
        code: '23505',
        detail: '(anna.adler.0@example.com)',
      });
    });
    app.use(problemHandler(createLogger('api', 'info', { write: (line) => void lines.push(line) })));
    const written = vi.spyOn(console, 'error').mockReturnValue();
    const server = createServer(app).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      const answer = fetch(`http://127.0.0.1:${address.port}/`).then((response) => response.text());
      await expect(answer).rejects.toThrow();
      // Express writes in a later turn of the event loop.
      await setImmediate();
      expect(written).not.toHaveBeenCalled();
      expect(lines).toEqual([expect.stringContaining('duplicate key')]);
      expect(lines.join()).not.toContain('anna');
    } finally {
      written.mockRestore();
      server.close();
    }
  });
});

describe('the table from errors to problems', () => {
  it('tells nothing of the inside for an error that it does not know', () => {
    const problem = toProblem(new Error('column "secret" of /var/lib/thing is broken'));
    expect(problem).toMatchObject({ status: 500, code: 'internal_error' });
    expect(JSON.stringify(problem)).not.toMatch(/secret|var/);
  });

  it.each([
    [new StorageError('full', 'no space'), 507, 'storage_full'],
    [new StorageError('unavailable', 'broken'), 503, 'storage_unavailable'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 503, 'database_unavailable'],
    [
      new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]),
      503,
      'database_unavailable',
    ],
    [Object.assign(new Error('shutting down'), { code: '57P01' }), 503, 'database_unavailable'],
    [
      new Error('Client has encountered a connection error and is not queryable'),
      503,
      'database_unavailable',
    ],
    [
      Object.assign(new Error('no socket'), { code: 'ENOENT', syscall: 'connect' }),
      503,
      'database_unavailable',
    ],
    [Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' }), 500, 'internal_error'],
    [Object.assign(new Error('duplicate'), { code: '23505' }), 500, 'internal_error'],
    [tiktokError('transient'), 503, 'tiktok_unavailable'],
    [tiktokError('rate_limit'), 503, 'tiktok_rate_limit'],
    [tiktokError('invalid'), 502, 'tiktok_refused'],
  ])('answers %s with %i %s', (error, status, code) => {
    expect(toProblem(error)).toMatchObject({ status, code });
  });

  function tiktokError(kind: 'transient' | 'rate_limit' | 'invalid'): TikTokError {
    return new TikTokError(kind, 'no', {
      code: 1,
      httpStatus: 200,
      requestId: null,
      endpoint: 'user/info/',
      advice: 'Change it.',
    });
  }
});
