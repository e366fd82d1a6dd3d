import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { ApiCall, Endpoint } from './api-call.js';
import { requireUnblocked } from './app.js';
import { findToken, revokeToken } from './authorizations.js';
import { deadToken, requireScope, requireToken } from './checks.js';
import { ENDPOINTS } from './endpoints.js';
import { type Envelope, envelopeStatus, newRequestId, serializeEnvelope } from './envelope.js';
import { type EarlyFault, FaultMet, isLate, type LateFault } from './fault.js';
import { takeFault } from './faults.js';
import { errorPage } from './html.js';
import { refusals } from './invented.js';
import { checkAppRate } from './rate-limits.js';
import { Refusal } from './refusal.js';
import type { World } from './world.js';

/** One call on its way to an answer. */
interface Exchange {
  readonly world: World;
  readonly request: Request;
  readonly response: Response;
  /** Below `/open_api/v1.3/`, without the query. */
  readonly path: string;
  readonly requestId: string;
}

/**
 * Answers every call below `/open_api/v1.3/`. An error of the Business API is an envelope at HTTP 200; only what never
 * reaches it differs: a path without its closing slash is 404 in plain text, a wrong verb 405 in HTML.
 */
export function businessApi(world: World) {
  return async (request: Request, response: Response): Promise<void> => {
    const path = request.path.slice(1);
    const exchange = { world, request, response, path, requestId: newRequestId(world.clock.now()) };
    if (!path.endsWith('/')) {
      await answerOutsideApi(exchange, 404, 'text/plain', '404 page not found');
      return;
    }
    const endpoint = ENDPOINTS.get(path);
    if (endpoint === undefined) {
      await answer(exchange, refusalEnvelope(exchange, refusals.unknownRoute()));
    } else if (endpoint.method !== request.method) {
      await answerOutsideApi(exchange, 405, 'text/html', errorPage('405 Not Allowed'));
    } else {
      const fault = takeFault(world.store, path, null);
      if (fault === undefined || isLate(fault)) await perform(exchange, endpoint, fault);
      else await meetInstead(exchange, fault);
    }
  };
}

/** A fault that comes in the place of the call. */
async function meetInstead(exchange: Exchange, fault: EarlyFault): Promise<void> {
  const { world, request } = exchange;
  switch (fault.kind) {
    case 'code':
      await answer(exchange, refusalEnvelope(exchange, new Refusal(fault.code, fault.message)));
      return;
    case 'http':
      await answerOutsideApi(exchange, fault.status, 'text/html', errorPage(`${fault.status}`));
      return;
    case 'reset-before':
      record(exchange, fault.kind, null);
      request.socket.resetAndDestroy();
      return;
    case 'timeout':
      record(exchange, fault.kind, null);
      // Read, so that the caller waits for the answer and not for its own writing; the caller hangs up.
      request.resume();
      return;
    case 'revoke': {
      const token = findToken(world.store, request.get('Access-Token') ?? '');
      if (token !== undefined) revokeToken(world.store, token);
      await answer(exchange, refusalEnvelope(exchange, deadToken()));
      return;
    }
  }
}

/** Does the call, and answers it unless a fault of the answer, or one that is limited to its advertiser, says otherwise. */
async function perform(exchange: Exchange, endpoint: Endpoint, fault: LateFault | undefined): Promise<void> {
  const { request } = exchange;
  const call: ApiCall = { endpoint, request, token: null, fault };
  const made = await makeEnvelope(exchange, call);
  if (made instanceof FaultMet) {
    await meetInstead(exchange, made.fault);
    return;
  }
  if (call.fault?.kind === 'reset-after') {
    record(exchange, 'reset-after', made?.code ?? null);
    request.socket.resetAndDestroy();
    return;
  }
  if (call.fault?.kind === 'slow') {
    const hungUp = new AbortController();
    exchange.response.once('close', () => hungUp.abort());
    await sleep(call.fault.seconds * 1000, undefined, { signal: hungUp.signal, ref: false }).catch(() => {});
  }
  await answer(exchange, made);
}

/**
 * The envelope of a call: token, app, permission, rate, then the route's own checks. Null when the caller went away; the
 * fault when it meets one before anything is done.
 */
async function makeEnvelope(exchange: Exchange, call: ApiCall): Promise<Envelope | FaultMet | null> {
  const { world, request, requestId } = exchange;
  const { endpoint } = call;
  const { store, clock } = world;
  try {
    if (endpoint.access !== 'none') {
      call.token = requireToken(store, request.get('Access-Token'), clock.now());
      requireUnblocked(store);
      if (endpoint.access !== 'token') requireScope(store, call.token, endpoint.access, endpoint);
    }
    checkAppRate(store, endpoint.path, clock.now());
    const data = await endpoint.handle(call, world);
    const outcome = { code: 0, message: 'OK', request_id: requestId };
    return endpoint.answersAtTopLevel === true ? { ...outcome, ...data } : { ...outcome, data };
  } catch (error) {
    if (error instanceof Refusal) return refusalEnvelope(exchange, error);
    if (error instanceof FaultMet) return error;
    if (request.readableAborted) return null;
    world.log.error({ err: error, endpoint: endpoint.path, requestId }, 'the sandbox itself failed');
    return refusalEnvelope(exchange, refusals.broken());
  }
}

function refusalEnvelope({ requestId }: Exchange, refusal: Refusal): Envelope {
  return { code: refusal.code, message: refusal.message, request_id: requestId, data: {} };
}

async function answer(exchange: Exchange, envelope: Envelope | null): Promise<void> {
  const { world, response, requestId } = exchange;
  if (envelope === null || !(await readToEnd(exchange))) {
    record(exchange, 'aborted', envelope?.code ?? null);
    return;
  }
  record(exchange, envelope.code, envelope.code);
  response
    .status(envelopeStatus(envelope.code, world.store.current.settings.strictStatus))
    .type('application/json')
    .set('X-TT-LOGID', requestId)
    .send(serializeEnvelope(envelope));
}

async function answerOutsideApi(
  exchange: Exchange,
  status: number,
  type: string,
  body: string,
): Promise<void> {
  if (!(await readToEnd(exchange))) {
    record(exchange, 'aborted', null);
    return;
  }
  record(exchange, `http ${status}`, null);
  exchange.response.status(status).type(type).send(body);
}

/**
 * Reads what is left of the request: a caller that is still writing when the answer comes may see a broken connection
 * instead of it. False when the caller went away.
 */
async function readToEnd({ request }: Exchange): Promise<boolean> {
  try {
    if (!request.readableEnded) await finished(request.resume());
    return true;
  } catch {
    return false;
  }
}

/** Before the answer leaves, so that who has the answer finds the call in the log. */
function record(exchange: Exchange, outcome: number | string, code: number | null): void {
  const { world, request, path, requestId } = exchange;
  const inEnvelope = typeof outcome === 'number' || code !== null;
  world.calls.add({
    time: new Date(world.clock.now()).toISOString(),
    method: request.method,
    endpoint: path,
    outcome,
    code,
    request_id: inEnvelope ? requestId : null,
  });
  world.log.debug({ endpoint: path, outcome, requestId }, 'call');
}
