import { json, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { endpointName, formsAsJson, parse, reply } from './admin-request.js';
import { ADVERTISERS } from './advertisers.js';
import { audienceInside } from './audience-view.js';
import { authorizationsInside, revokeTokens } from './authorizations.js';
import { faultSchema } from './fault.js';
import { INVENTIONS } from './invented.js';
import { statusPage } from './page/page.js';
import { blockEndpoint, clearRates, ratesInside } from './rate-limits.js';
import { withoutScopes } from './scopes.js';
import { settingsSchema } from './settings.js';
import { deleteUnneededFiles } from './unneeded-files.js';
import type { World } from './world.js';

const clockChange = z.strictObject({ advanceSeconds: z.number().nonnegative() });
const revocation = z.strictObject({
  advertiserId: z.enum(ADVERTISERS.map((each) => each.advertiser_id)).optional(),
});
/** One or many, as text or numbers. */
const scope = z.union([z.string(), z.number().transform(String)]);
const scopeList = z.union([z.array(scope), scope.transform((one) => [one])]).default([]);
const scopesChange = z.strictObject({
  remove: scopeList,
  /** Given back without a new consent, as when a person gets a role at the ad account again. */
  restore: scopeList,
  /** `grants`: what was granted so far, until someone signs in again; `app`: what anyone can grant. */
  from: z.enum(['grants', 'app']).default('grants'),
});
const settingsChange = settingsSchema.partial();
const blocking = z.strictObject({ endpoint: z.string(), limit: z.enum(['qpm', 'qpd']) });

/** `/_sandbox`: what people and tests see and change behind the API's back. Errors are 400 with `{ "error": "…" }`, 403 and 404 likewise. */
export function adminRoutes(world: World): Router {
  const { store, processing } = world;
  const router = Router();
  router.use(json(), urlencoded({ extended: false }), formsAsJson);
  router.get('/', async (request, response) => {
    await processing.settle();
    response.send(statusPage(world, `http://${request.get('host') ?? ''}`));
  });
  router.post('/reset', (_request, response) => {
    store.reset();
    world.calls.clear();
    reply(response, {});
  });
  addFaultRoutes(router, world);
  addAuthorizationRoutes(router, world);
  addClockAndSettings(router, world);
  addLimitRoutes(router, world);
  addContentRoutes(router, world);
  addLossRoutes(router, world);
  return router;
}

function addFaultRoutes(router: Router, { store }: World): void {
  router.get('/faults', (_request, response) => {
    response.json(store.current.faults);
  });
  router.post('/faults', (request, response) => {
    const fault = parse(faultSchema, request.body);
    const placed = { ...fault, endpoint: endpointName(fault.endpoint) };
    store.current.faults.push(placed);
    store.save();
    reply(response, placed, 201);
  });
  router.delete('/faults', (_request, response) => {
    store.current.faults = [];
    store.save();
    reply(response, []);
  });
}

function addAuthorizationRoutes(router: Router, { store, clock }: World): void {
  router.get('/authorizations', (_request, response) => {
    response.json(authorizationsInside(store, clock.now()));
  });
  router.post('/authorizations/revoke', (request, response) => {
    const { advertiserId } = parse(revocation, request.body);
    reply(response, { revoked: revokeTokens(store, advertiserId) });
  });
  router.post('/scopes', (request, response) => {
    const { remove, restore, from } = parse(scopesChange, request.body);
    const state = store.current;
    const changed = (scopes: string[]) => [...new Set([...withoutScopes(scopes, remove), ...restore])];
    if (from === 'app') state.appScopes = changed(state.appScopes);
    else for (const token of Object.values(state.tokens)) token.scopes = changed(token.scopes);
    store.save();
    reply(response, {});
  });
}

function addClockAndSettings(router: Router, { store, clock, processing }: World): void {
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
    deleteUnneededFiles(store, clock.now());
    reply(response, clockState());
  });
  router.get('/settings', (_request, response) => {
    response.json(store.current.settings);
  });
  router.patch('/settings', (request, response) => {
    const change = parse(settingsChange, request.body);
    store.current.settings = settingsSchema.parse({ ...store.current.settings, ...change });
    store.save();
    reply(response, store.current.settings);
  });
}

function addLimitRoutes(router: Router, { store, clock }: World): void {
  router.get('/limits', (_request, response) => {
    response.json(ratesInside(store, clock.now()));
  });
  router.delete('/limits', (_request, response) => {
    clearRates(store);
    reply(response, ratesInside(store, clock.now()));
  });
  router.post('/limits/block', (request, response) => {
    const { endpoint, limit } = parse(blocking, request.body);
    const until = blockEndpoint(store, endpointName(endpoint), limit, clock.now());
    reply(response, { blockedUntil: new Date(until).toISOString() });
  });
}

function addContentRoutes(router: Router, { store, clock, calls, processing }: World): void {
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
        ({ filePath, advertiserId, calculateType, fileName, uploadedAt, forgottenAt, ...counts }) => ({
          file_path: filePath,
          advertiser_id: advertiserId,
          calculate_type: calculateType,
          file_name: fileName,
          ...counts,
          uploadedAt: new Date(uploadedAt).toISOString(),
          forgottenAt: forgottenAt === null ? null : new Date(forgottenAt).toISOString(),
        }),
      ),
    );
  });
  router.get('/files/:path', (request, response) => {
    const file = store.current.files[request.params.path];
    if (file === undefined) {
      unknown(response, 'No file was uploaded under this path.');
      return;
    }
    if (!store.hasBytes(file.filePath)) {
      unknown(response, 'The bytes of this file were deleted: no audience names it.');
      return;
    }
    response.type('application/octet-stream').sendFile(store.bytesOf(file.filePath), { dotfiles: 'allow' });
  });
  router.get('/inventions', (_request, response) => {
    response.json(INVENTIONS);
  });
}

/** What happens to things at TikTok without anybody calling. */
function addLossRoutes(router: Router, { store, clock, processing }: World): void {
  router.post('/audiences/:id/expire', async (request, response) => {
    await processing.settle();
    const audience = store.current.audiences.find(({ audienceId }) => audienceId === request.params.id);
    if (audience === undefined) {
      unknown(response, 'There is no audience with this id.');
      return;
    }
    audience.expiredAt = clock.now();
    store.save();
    reply(response, audienceInside(audience, clock.now()));
  });
  router.post('/files/:path/forget', (request, response) => {
    const file = store.current.files[request.params.path];
    if (file === undefined) {
      unknown(response, 'No file was uploaded under this path.');
      return;
    }
    file.forgottenAt = clock.now();
    store.save();
    deleteUnneededFiles(store, clock.now());
    reply(response, {});
  });
}

function unknown(response: Response, error: string): void {
  response.status(404).json({ error });
}
