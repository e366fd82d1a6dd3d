import { json, Router } from 'express';
import { z } from 'zod';
import { ADVERTISERS } from './advertisers.js';
import { audienceInside } from './audience-view.js';
import { revokeTokens } from './authorizations.js';
import { ENDPOINTS } from './endpoints.js';
import { faultSchema } from './fault.js';
import { statusPage } from './page.js';
import { withoutScopes } from './scopes.js';
import { settingsSchema } from './settings.js';
import type { World } from './world.js';

/** A request to `/_sandbox` that makes no sense; the message says what to change. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw new AdminError(z.prettifyError(parsed.error));
  return parsed.data;
}

const clockChange = z.strictObject({ advanceSeconds: z.number().nonnegative() });
const revocation = z.strictObject({
  advertiserId: z.enum(ADVERTISERS.map((each) => each.advertiser_id)).optional(),
});
const scopeList = z.array(z.union([z.string(), z.number().transform(String)])).default([]);
const scopesChange = z.strictObject({
  remove: scopeList,
  /** Given back without a new consent, as when a person gets a role at the ad account again. */
  restore: scopeList,
  /** `grants`: what was granted so far, until someone signs in again; `app`: what anyone can grant. */
  from: z.enum(['grants', 'app']).default('grants'),
});
const settingsChange = settingsSchema.partial();

/** An endpoint as the faults know it, from a path with or without its base. */
function endpointName(text: string): string {
  const name = text.replace(/^\/?(open_api\/v1\.3\/)?/, '');
  if (name !== '*' && !ENDPOINTS.has(name)) {
    throw new AdminError(`endpoint: must be * or one of ${[...ENDPOINTS.keys()].join(', ')}`);
  }
  return name;
}

/** `/_sandbox`: what people and tests see and change behind the API's back. Errors are 400 with `{ "error": "…" }`. */
export function adminRoutes(world: World): Router {
  const { store, clock, calls, processing } = world;
  const router = Router();
  router.use(json());

  router.get('/', async (_request, response) => {
    await processing.settle();
    response.send(statusPage(world));
  });

  router.post('/reset', (_request, response) => {
    store.reset();
    calls.clear();
    response.json({});
  });

  router.get('/faults', (_request, response) => {
    response.json(store.current.faults);
  });
  router.post('/faults', (request, response) => {
    const fault = parse(faultSchema, request.body);
    const placed = { ...fault, endpoint: endpointName(fault.endpoint) };
    store.current.faults.push(placed);
    store.save();
    response.status(201).json(placed);
  });
  router.delete('/faults', (_request, response) => {
    store.current.faults = [];
    store.save();
    response.json([]);
  });

  router.post('/authorizations/revoke', (request, response) => {
    const { advertiserId } = parse(revocation, request.body);
    response.json({ revoked: revokeTokens(store, advertiserId) });
  });
  router.post('/scopes', (request, response) => {
    const { remove, restore, from } = parse(scopesChange, request.body);
    const state = store.current;
    const changed = (scopes: string[]) => [...new Set([...withoutScopes(scopes, remove), ...restore])];
    if (from === 'app') state.appScopes = changed(state.appScopes);
    else for (const token of Object.values(state.tokens)) token.scopes = changed(token.scopes);
    store.save();
    response.json({});
  });

  const clockState = () => ({
    now: new Date(clock.now()).toISOString(),
    aheadSeconds: store.current.clockOffsetMs / 1000,
  });
  router.get('/clock', (_request, response) => {
    response.json(clockState());
  });
  router.post('/clock', async (request, response) => {
    clock.advance(parse(clockChange, request.body).advanceSeconds);
    await processing.settle();
    response.json(clockState());
  });

  router.get('/settings', (_request, response) => {
    response.json(store.current.settings);
  });
  router.patch('/settings', (request, response) => {
    const change = parse(settingsChange, request.body);
    store.current.settings = settingsSchema.parse({ ...store.current.settings, ...change });
    store.save();
    response.json(store.current.settings);
  });

  router.get('/calls', (request, response) => {
    const { endpoint } = request.query;
    response.json(calls.read(typeof endpoint === 'string' ? endpointName(endpoint) : undefined));
  });

  router.get('/audiences', async (_request, response) => {
    await processing.settle();
    const now = clock.now();
    response.json(store.current.audiences.map((audience) => audienceInside(audience, now)));
  });

  router.get('/files', (_request, response) => {
    response.json(
      Object.values(store.current.files).map(
        ({ filePath, advertiserId, calculateType, uploadedAt, ...counts }) => ({
          file_path: filePath,
          advertiser_id: advertiserId,
          calculate_type: calculateType,
          ...counts,
          uploadedAt: new Date(uploadedAt).toISOString(),
        }),
      ),
    );
  });
  router.get('/files/:path', (request, response) => {
    const file = store.current.files[request.params.path];
    if (file === undefined) {
      response.status(404).json({ error: 'No file was uploaded under this path.' });
      return;
    }
    response.type('application/octet-stream').sendFile(store.bytesOf(file.filePath), { dotfiles: 'allow' });
  });

  return router;
}
