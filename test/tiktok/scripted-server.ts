import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A request as it arrived. `body` holds its first megabyte; `size` and `md5` are of all of it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly size: number;
  readonly md5: string;
}

export type Reply =
  /** An envelope, or anything else, as JSON. */
  | { readonly json: unknown; readonly status?: number }
  | { readonly text: string; readonly status?: number; readonly headers?: Record<string, string> }
  /** Takes the whole request, then breaks the connection. */
  | 'reset'
  /** Takes the whole request and never answers. */
  | 'hang'
  /** Begins an answer and breaks the connection in the middle of it. */
  | 'break off'
  /** Answers with as much as the client takes. */
  | 'never end'
  /** Answers at once, while the request is still arriving, and goes on reading it as gateways do. */
  | 'refuse early';

export interface ScriptedServer {
  /** Base address of the API, as a client is given it. */
  readonly apiUrl: string;
  readonly requests: readonly ReceivedRequest[];
  /** What is answered from now on. */
  reply(reply: Reply): void;
  /** Forgets what arrived. */
  forget(): void;
  /** Settles when a request has arrived whole. */
  arrival(): Promise<ReceivedRequest>;
  close(): Promise<void>;
}

const KEPT_BYTES = 1_000_000;

/** A real HTTP server that answers every request with what it was last told to. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  let reply: Reply = { json: success({}) };
  let onArrival: (request: ReceivedRequest) => void = () => {};

  const server = createServer(async (incoming, outgoing) => {
    if (reply === 'refuse early') {
      const refused = JSON.stringify(refusal(40105, 'Access token is incorrect or has been revoked.'));
      outgoing.writeHead(401, { 'Content-Type': 'application/json', 'Content-Length': refused.length });
      outgoing.write(refused);
      incoming.on('error', () => {}).on('close', () => outgoing.end());
      incoming.resume();
      return;
    }
    try {
      const request = await receive(incoming);
      requests.push(request);
      onArrival(request);
      send(reply, outgoing);
    } catch {
      // The client has gone away, which some tests want it to.
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/open_api/v1.3/`,
    requests,
    reply(next) {
      reply = next;
    },
    forget() {
      requests.length = 0;
    },
    arrival: () =>
      new Promise((resolve) => {
        onArrival = resolve;
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A success as TikTok sends it. */
export function success(data: unknown): object {
  return { code: 0, message: 'OK', request_id: '2026052619053192C958E205C050714A1F', data };
}

export function refusal(code: number, message: string): unknown {
  return { code, message, request_id: '2026052619053192C958E205C050714A1F', data: {} };
}

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536, ' ');
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const hash = createHash('md5');
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    hash.update(chunk);
    if (size < KEPT_BYTES) kept.push(chunk);
    size += chunk.length;
  }
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(kept),
    size,
    md5: hash.digest('hex'),
  };
}

function send(reply: Reply, outgoing: ServerResponse): void {
  if (reply === 'hang' || reply === 'refuse early') return;
  if (reply === 'reset') {
    outgoing.socket?.resetAndDestroy();
  } else if (reply === 'break off') {
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
    outgoing.write('{"code":0,', () => outgoing.socket?.resetAndDestroy());
  } else if (reply === 'never end') {
    outgoing.writeHead(200, { 'Content-Type': 'application/json' });
    Readable.from(endless()).pipe(outgoing);
  } else if ('json' in reply) {
    outgoing.writeHead(reply.status ?? 200, { 'Content-Type': 'application/json' });
    outgoing.end(JSON.stringify(reply.json));
  } else {
    outgoing.writeHead(reply.status ?? 200, { 'Content-Type': 'text/html', ...reply.headers });
    outgoing.end(reply.text);
  }
}
