import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server as TusServer } from '@tus/server';
import type { Activation } from '../../src/api/schemas/activation.js';
import type { Audience } from '../../src/api/schemas/audience.js';
import type { Connection } from '../../src/api/schemas/connection.js';
import { activationOf, connectionOf } from './samples.js';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
}

/** A server with the API's addresses that does what a test tells it to, and notes what it was asked. */
export class ScriptedApi {
  readonly seen: SeenRequest[] = [];
  connections: Connection[] = [connectionOf({})];
  audiences: Audience[] = [];
  run: Activation = activationOf({});
  /** Answers that stand before all others, by `METHOD /path`. */
  readonly answers = new Map<string, Answer>();
  hasEventStream = true;
  /** Called when somebody who follows the run has opened the event stream and seen how it stands. */
  onFollow: () => void = () => {};

  readonly #folder: string;
  #tus: TusServer | undefined;
  readonly #listeners = new Set<ServerResponse>();
  #server = createServer();
  #port = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<ScriptedApi> {
    const api = new ScriptedApi(await mkdtemp(join(tmpdir(), 'scripted-api-')));
    await api.listen();
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As a crash: every connection breaks, nobody listens any more. */
  async die(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async close(): Promise<void> {
    await this.die();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The run as of now, told to everybody who follows it. */
  change(run: Activation): void {
    this.run = run;
    for (const listener of this.#listeners) listener.write(eventOf(run));
  }

  requests(method: string, path: string): SeenRequest[] {
    return this.seen.filter((request) => request.method === method && request.path.split('?')[0] === path);
  }

  /** The uploads that runs were asked for, in order. */
  startedUploads(): string[] {
    return this.requests('POST', '/v1/activations').map(
      ({ body }) => (body as { uploadId: string }).uploadId,
    );
  }

  uploadedBytes(id: string): Promise<Buffer> {
    return readFile(join(this.#folder, id));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const path = url.split('?')[0] ?? '';
    const answer = this.answers.get(`${method} ${path}`);
    if (answer === undefined && path.startsWith('/v1/uploads')) {
      this.seen.push({ method, path: url, headers, body: null });
      await this.#uploads().handle(request, response);
      return;
    }
    const body = await readJson(request);
    this.seen.push({ method, path: url, headers, body });
    if (answer !== undefined) send(response, answer);
    else if (path === `/v1/activations/${this.run.id}/events`) this.#follow(response);
    else send(response, this.#answer(method, path));
  }

  /** Made when the first one comes: the store makes its folder by the way, which must not be after `close`. */
  #uploads(): TusServer {
    this.#tus ??= new TusServer({
      path: '/v1/uploads',
      datastore: new FileStore({ directory: this.#folder }),
      relativeLocation: true,
    });
    return this.#tus;
  }

  #follow(response: ServerResponse): void {
    if (!this.hasEventStream) {
      send(response, { status: 404, body: problem(404, 'Not found', '') });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(eventOf(this.run));
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    this.onFollow();
  }

  #answer(method: string, path: string): Answer {
    const connection = this.connections.find(({ id }) => path === `/v1/connections/${id}`);
    const ok = (body: unknown, status = 200): Answer => ({ status, body });
    if (method === 'GET' && path === '/v1/connections')
      return ok({ data: this.connections, nextCursor: null });
    if (method === 'GET' && connection !== undefined) return ok(connection);
    if (method === 'GET' && path.endsWith('/audiences'))
      return ok({ data: this.audiences, nextCursor: null });
    if (method === 'POST' && path === '/v1/activations') return ok(this.run, 202);
    if (method === 'GET' && path === '/v1/activations') return ok({ data: [this.run], nextCursor: null });
    if (method === 'GET' && path === `/v1/activations/${this.run.id}`) return ok(this.run);
    return { status: 404, body: problem(404, 'Not found', `Nothing is at ${path}.`) };
  }
}

export function problem(
  status: number,
  title: string,
  detail: string,
  errors: { pointer: string; detail: string }[] = [],
): unknown {
  return { type: 'about:blank', status, title, detail, code: 'scripted', errors };
}

function eventOf(run: Activation): string {
  return `id: ${run.phase}\ndata: ${JSON.stringify(run)}\n\n`;
}

function send(response: ServerResponse, { status, body, type = 'application/json' }: Answer): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.headers['content-type'] !== 'application/json') return null;
  return JSON.parse(Buffer.concat(chunks).toString());
}
