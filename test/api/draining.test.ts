import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await runApi();
});
afterAll(() => api.stop());

it('an API that is about to end says that it is not ready, and still answers whoever comes', async () => {
  expect((await api.get('/readyz')).status).toBe(200);
  api.drain();
  const ready = await api.get('/readyz');
  expect(ready.status).toBe(503);
  expect(ready.body).toMatchObject({
    ready: false,
    draining: true,
    dependencies: { database: { ready: true } },
  });
  expect((await api.get('/healthz')).status).toBe(200);
  expect((await api.get('/v1/activations')).status).toBe(200);
});
