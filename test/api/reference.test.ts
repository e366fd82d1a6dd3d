import { Ajv2020 } from 'ajv/dist/2020.js';
import express, { type Router } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activation } from '../../src/api/schemas/activation.js';
import { authorization } from '../../src/api/schemas/connection.js';
import { readyToActivate } from './support/activation-fixtures.js';
import type { Answer } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

const openApi = z.object({
  openapi: z.string(),
  info: z.looseObject({ title: z.string() }),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.unknown()) })),
  ),
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});

const response = z.object({
  description: z.string(),
  content: z.record(z.string(), z.unknown()).default({}),
});

let api: RunningApi;
let document: z.infer<typeof openApi>;
beforeAll(async () => {
  api = await runApi();
  document = openApi.parse((await api.get('/openapi.json')).body);
});
afterAll(() => api.stop());

/** The layers of a router, which Express keeps but does not type. */
const layers = z.array(
  z.object({
    route: z.object({ path: z.string(), methods: z.record(z.string(), z.boolean()) }).optional(),
    handle: z.custom<Router>((value) => typeof value === 'function'),
  }),
);

function routesOf(stack: unknown): string[] {
  return layers.parse(stack).flatMap(({ route, handle }) => {
    if (route !== undefined) {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
      return Object.keys(route.methods).map((method) => `${method} ${path}`);
    }
    return handle.stack === undefined ? [] : routesOf(handle.stack);
  });
}

describe('/openapi.json', () => {
  it('is OpenAPI 3.1, and every reference in it leads somewhere', () => {
    expect(document.openapi).toBe('3.1.0');
    const known = new Set(Object.keys(document.components.schemas));
    for (const [, name] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(known).toContain(name);
    }
    for (const schema of [
      'Activation',
      'ActivationRequest',
      'Upload',
      'Connection',
      'Problem',
      'Inspection',
    ]) {
      expect(known).toContain(schema);
    }
  });

  it('has schemas that are JSON Schema, to which real answers conform', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'doc', components: document.components });
    const validate = ajv.compile({ $ref: 'doc#/components/schemas/Activation' });
    const request = await readyToActivate(api);
    const { body } = await api.post('/v1/activations', request);
    expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...activation.parse(body), phase: 'sleeping' })).toBe(false);
    const requestSchema = ajv.compile({ $ref: 'doc#/components/schemas/ActivationRequest' });
    expect(requestSchema(request), JSON.stringify(requestSchema.errors)).toBe(true);
    expect(requestSchema({ ...request, audience: { action: 'create', name: '' } })).toBe(false);
  });

  it('documents every route of the app, and no other', () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const routes = new Set(routesOf(api.app.router.stack));
    // A file of the page under /docs like all the others there.
    routes.delete('get /docs/reference.js');
    expect([...routes].sort()).toEqual(documented.sort());
  });

  it('tells every answer that is no JSON and no problem', async () => {
    const run = activation.parse((await api.post('/v1/activations', await readyToActivate(api))).body);
    await api.db
      .updateTable('activations')
      .set({ phase: 'canceled', finished_at: new Date() })
      .where('id', '=', run.id)
      .execute();
    const events = await api.get(`/v1/activations/${run.id}/events`);
    const last = /^id: (.+)$/m.exec(events.text)?.[1] ?? '';
    const invited = await api.post(`/v1/connections/${run.connectionId}/authorizations`, {
      invitation: { from: 'Anna Adler' },
    });
    const { search } = new URL(authorization.parse(invited.body).authorizationUrl);
    const form = { method: 'POST', body: new URLSearchParams({ key: 'none', to: '/docs' }) };
    expectTold('/v1/activations/{id}/events', events, 200);
    expectTold(
      '/v1/activations/{id}/events',
      await api.get(`/v1/activations/${run.id}/events`, { 'last-event-id': last }),
      204,
    );
    expectTold(
      '/v1/activations/{id}/rejected-rows',
      await api.get(`/v1/activations/${run.id}/rejected-rows?format=csv`),
      200,
    );
    expectTold('/v1/oauth/tiktok/callback', await api.get('/v1/oauth/tiktok/callback'), 400);
    expectTold('/session', await api.call('/session', form), 401, 'post');
    for (const path of ['/invitation', '/invitation/sign-in']) expectTold(path, await api.get(path), 400);
    expectTold('/invitation', await api.get(`/invitation${search}`), 200);
    await api.db.updateTable('authorization_requests').set({ used_at: new Date() }).execute();
    for (const path of ['/invitation', '/invitation/sign-in'])
      expectTold(path, await api.get(`${path}${search}`), 410);
  });

  function expectTold(path: string, answer: Answer, status: number, method = 'get'): void {
    expect(answer.status, path).toBe(status);
    const told = response.parse(document.paths[path]?.[method]?.responses[status]);
    const type = answer.headers.get('content-type')?.split(';')[0];
    const types = type === undefined ? [] : expect.arrayContaining([type]);
    expect(Object.keys(told.content), `${path} ${status}`).toEqual(types);
  }

  it('gives each operation a summary and the form of its refusals', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(operation['summary'], `${method} ${path}`).toEqual(expect.any(String));
      }
    }
  });
});

describe('/docs', () => {
  it('loads nothing from elsewhere', async () => {
    const page = await api.get('/docs');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/https?:/);
    for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const file = await api.get(path ?? '');
      expect(file.status, path).toBe(200);
      expect(file.headers.get('content-security-policy')).not.toBeNull();
    }
  });

  it.each(['/docs/..%2fpackage.json', '/docs/%2e%2e%2fexpress%2fpackage.json'])(
    'gives no other files (%s)',
    async (path) => {
      expect((await api.get(path)).status).toBeGreaterThanOrEqual(400);
    },
  );
});

describe('what probes ask', () => {
  it('/healthz and /readyz name each dependency', async () => {
    expect((await api.get('/healthz')).body).toEqual({ status: 'ok' });
    const ready = { ready: true, detail: null };
    expect((await api.get('/readyz')).body).toEqual({
      ready: true,
      draining: false,
      dependencies: { database: ready, temporal: ready, storage: ready },
    });
    api.runs.reachable = false;
    const answer = await api.get('/readyz');
    api.runs.reachable = true;
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      ready: false,
      dependencies: { temporal: { ready: false }, database: ready },
    });
  });

  it('/metrics counts requests by route and activations by phase', async () => {
    await api.get('/v1/uploads/upl_none');
    const { text, headers } = await api.get('/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/http_requests_total\{method="GET",route="\/v1\/uploads\/:id",status="404"\} 1/);
    expect(text).toMatch(/activations\{phase="queued"\} 1/);
    expect(text).toMatch(/activations\{phase="failed"\} 0/);
    expect(text).not.toContain('upl_none');
  });
});

it('an app of Express can be walked as this test does', () => {
  const app = express();
  app.get('/a/:id', () => undefined);
  expect(routesOf(app.router.stack)).toEqual(['get /a/{id}']);
});
