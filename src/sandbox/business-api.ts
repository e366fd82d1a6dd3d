import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Endpoint } from './api-call.js';
import { requireScope, requireToken } from './checks.js';
import { ENDPOINTS } from './endpoints.js';
import { type Envelope, envelopeStatus, newRequestId, serializeEnvelope } from './envelope.js';
import type { Fault } from './fault.js';
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
      const fault = takeFault(world.store, path);
      if (fault === undefined) await answer(exchange, await perform(exchange, endpoint));
      else await meetFault(exchange, endpoint, fault);
    }
  };
}

async function meetFault(exchange: Exchange, endpoint: Endpoint, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'code':
      await answer(exchange, refusalEnvelope(exchange, new Refusal(fault.code, fault.message)));
      return;
    case 'http':
      await answerOutsideApi(exchange, fault.status, 'text/html', errorPage(`${fault.status}`));
      return;
    case 'reset-before':
      record(exchange, fault.kind, null);
      exchange.request.socket.resetAndDestroy();
      return;
    case 'reset-after': {
      const envelope = await perform(exchange, endpoint);
      record(exchange, fault.kind, envelope?.code ?? null);
      exchange.request.socket.resetAndDestroy();
      return;
    }
    case 'timeout':
      record(exchange, fault.kind, null);
      // Read, so that the caller waits for the answer and not for its own writing; the caller hangs up.
      exchange.request.resume();
      return;
    case 'slow': {
      const envelope = await perform(exchange, endpoint);
      const hungUp = new AbortController();
      exchange.response.once('close', () => hungUp.abort());
      await sleep(fault.seconds * 1000, undefined, { signal: hungUp.signal, ref: false }).catch(() => {});
      await answer(exchange, envelope);
      return;
    }
  }
}

/** The envelope of a call: token, permission, rate, then the route's own checks. Null when the caller went away. */
async function perform(exchange: Exchange, endpoint: Endpoint): Promise<Envelope | null> {
  const { world, request, requestId } = exchange;
  try {
    const token = endpoint.access === 'none' ? null : requireToken(world.store, request.get('Access-Token'));
    if (token !== null && endpoint.access !== 'none' && endpoint.access !== 'token') {
      requireScope(world.store, token, endpoint.access, endpoint);
    }
    checkAppRate(world.store, endpoint.path, world.clock.now());
    const data = await endpoint.handle({ endpoint, request, token }, world);
    return { code: 0, message: 'OK', request_id: requestId, data };
  } catch (error) {
    if (error instanceof Refusal) return refusalEnvelope(exchange, error);
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
