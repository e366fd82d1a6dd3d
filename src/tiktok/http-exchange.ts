import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

/** Bytes to send. `length` is known beforehand, so that the request carries a Content-Length. */
export interface HttpBody {
  readonly contentType: string;
  readonly length: number;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody | null;
  /** Time to reach the server, name look-up and TLS included. */
  readonly connectTimeoutMs: number;
  /** Time for everything, to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Time in which no byte moves in either direction: the network may swallow everything and tell nobody. */
  readonly silenceMs: number;
  readonly signal: AbortSignal | undefined;
  /**
   * Called once the server is reached and before the first byte is written, in the same turn of the event loop. When it
   * throws, nothing is sent.
   */
  readonly beforeSend: (() => void) | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** In bytes. Many times the longest that TikTok's API gives; an endless one would take the worker's memory. */
const LONGEST_ANSWER = 16_000_000;

/**
 * No whole answer came. The message names only the kind of failure: errors of Node's HTTP client can carry bytes of
 * the answer, and an answer can hold a token.
 */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
}

/**
 * One request and its whole answer. Redirects are not followed: they would carry the token to another server.
 *
 * Node's `http` rather than `fetch`, since `fetch` neither promises a Content-Length for a streamed body, which
 * would then arrive chunked, nor lets its time-outs be set.
 *
 * @throws ExchangeFailure when the network failed or the time ran out, the signal's reason when it aborted, and
 *   whatever `beforeSend` or the source of the body threw
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  request.signal?.throwIfAborted();
  const timeouts = new AbortController();
  const signal = AbortSignal.any([
    timeouts.signal,
    ...(request.signal === undefined ? [] : [request.signal]),
  ]);
  const stopAfter = (milliseconds: number, what: string) =>
    setTimeout(() => timeouts.abort(new ExchangeFailure(what)), milliseconds);

  const total = stopAfter(request.timeoutMs, `no whole answer came within ${request.timeoutMs / 1000} s`);
  const connecting = stopAfter(
    request.connectTimeoutMs,
    `no connection was made within ${request.connectTimeoutMs / 1000} s`,
  );
  const sourceFailures: unknown[] = [];
  try {
    const outgoing = open(request, signal, () => {
      clearTimeout(connecting);
      if (request.beforeSend === undefined) return;
      try {
        request.beforeSend();
      } catch (error) {
        sourceFailures.push(error);
        outgoing.destroy();
        return;
      }
      send(request, outgoing, sourceFailures);
    });
    outgoing.setTimeout(request.silenceMs, () =>
      timeouts.abort(new ExchangeFailure(`nothing moved for ${request.silenceMs / 1000} s`)),
    );
    if (request.beforeSend === undefined) send(request, outgoing, sourceFailures);
    return await answerOf(outgoing);
  } catch (error) {
    if (sourceFailures.length > 0) throw sourceFailures[0];
    if (request.signal?.aborted) throw request.signal.reason;
    if (timeouts.signal.aborted) throw timeouts.signal.reason;
    throw error instanceof ExchangeFailure ? error : new ExchangeFailure(wordsFor(error));
  } finally {
    clearTimeout(total);
    clearTimeout(connecting);
  }
}

function open(request: HttpRequest, signal: AbortSignal, onConnected: () => void): ClientRequest {
  const secure = request.url.protocol === 'https:';
  const outgoing = (secure ? httpsRequest : httpRequest)(request.url, {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.body === null
        ? {}
        : { 'Content-Type': request.body.contentType, 'Content-Length': request.body.length }),
    },
    signal,
    // Every call has a connection of its own. A server that closes a kept one while a call goes out on it makes a
    // reset that cannot be told from a lost answer, and calls are too few for the handshakes to matter.
    agent: false,
  });
  outgoing.once('socket', (socket) => {
    socket.once(secure ? 'secureConnect' : 'connect', onConnected);
  });
  return outgoing;
}

/**
 * Sends the body. What its source throws goes to `sourceFailures` and ends the request. A connection that fails
 * meanwhile is left to `answerOf`: a server may refuse an upload, and hang up, before it has read all of it, and then
 * its answer decides.
 */
function send(request: HttpRequest, outgoing: ClientRequest, sourceFailures: unknown[]): void {
  if (request.body === null) {
    outgoing.end();
    return;
  }
  const { bytes } = request.body;
  const watched = async function* () {
    try {
      for await (const chunk of bytes()) {
        yield chunk;
        // Lets an answer that is there already be read before the next chunk goes out: writing to a connection that
        // the server has closed fails, and loses the answer that says why. (Servers that go on reading for a while
        // after an early answer, as gateways do, lose none.)
        await setImmediate();
      }
    } catch (error) {
      sourceFailures.push(error);
      throw error;
    }
  };
  pipeline(watched, outgoing).catch(() => {});
}

function answerOf(outgoing: ClientRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let incoming: IncomingMessage | null = null;
    outgoing.once('response', (response: IncomingMessage) => {
      incoming = response;
      textOf(response)
        .then((body) => resolve({ status: response.statusCode ?? 0, body }))
        .catch(reject)
        // Ends an upload that nobody reads any more.
        .finally(() => outgoing.destroy());
    });
    outgoing.on('error', (error) => {
      if (incoming === null) reject(error);
    });
    outgoing.once('close', () => {
      if (incoming === null) reject(new ExchangeFailure('the connection was closed'));
    });
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    // Leaving the loop destroys the connection.
    if (length > LONGEST_ANSWER) throw new ExchangeFailure('the answer is too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function wordsFor(error: unknown): string {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code === null ? 'the connection failed' : `the connection failed (${code})`;
}
