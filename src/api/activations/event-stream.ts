import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { isFinal } from '../../activation/phases.js';
import type { Activation } from '../schemas/activation.js';

const LOOK_INTERVAL_MS = 500;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;

/**
 * Sends an activation each time it changes, as server-sent events, until it is final. The id of an event is a digest of its
 * data, so that a client that comes back with `Last-Event-ID` is not told again what it knows.
 *
 * @param stopping ends the stream when the server stops; the client comes back by itself.
 */
export async function sendActivationEvents(
  request: Request,
  response: Response,
  look: () => Promise<Activation>,
  stopping: AbortSignal,
): Promise<void> {
  let known = request.get('last-event-id') ?? null;
  // From before the first look on: a client may leave during it, and is not to be looked for then until the run ends.
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const first = await look();
  if (isFinal(first.phase) && known === eventId(JSON.stringify(first))) {
    // "Clients will … stop reconnecting if told to … using the HTTP 204 No Content response code" (HTML, 9.2).
    response.status(204).end();
    return;
  }

  const over = AbortSignal.any([stopping, closed.signal]);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies such as nginx would hold the events back.
    'x-accel-buffering': 'no',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write(`retry: ${RETRY_MS}\n\n`);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    for (let activation = first; !over.aborted; activation = await look()) {
      const data = JSON.stringify(activation);
      const id = eventId(data);
      if (id !== known) response.write(`id: ${id}\ndata: ${data}\n\n`);
      known = id;
      if (isFinal(activation.phase)) break;
      await delay(LOOK_INTERVAL_MS, undefined, { signal: over }).catch(() => undefined);
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

function eventId(data: string): string {
  return createHash('sha256').update(data).digest('base64url').slice(0, 16);
}
