import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A PATCH request as it passed: where it said that it begins, and how many bytes of the file it then carried. */
export interface Carried {
  readonly path: string;
  readonly offset: number;
  bytes: number;
}

/** Stands between a client and the API, counts the bytes of files that pass, and can be cut at a chosen one. */
export class UploadLine {
  readonly carried: Carried[] = [];
  /** Uploads that were begun. */
  begun = 0;
  readonly #target: URL;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((incoming, answer) => this.#carry(incoming, answer));
  #total = 0;
  #awaited: { readonly position: number; readonly reached: () => void } | undefined;
  #held: { readonly incoming: IncomingMessage; readonly outgoing: ClientRequest } | undefined;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server.on('connection', (socket) => this.#hold(socket));
  }

  static async open(target: string): Promise<UploadLine> {
    const line = new UploadLine(target);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bytes of files that passed so far. */
  get total(): number {
    return this.#total;
  }

  /** Settles when the file has passed up to this byte. What follows is held until `letGo`. */
  async reaches(position: number): Promise<void> {
    await new Promise<void>((reached) => {
      this.#awaited = { position, reached };
    });
  }

  /** Breaks off the request that is held, if nobody has before: whoever made it may be gone. */
  letGo(): void {
    this.#held?.outgoing.destroy();
    this.#held?.incoming.socket.resetAndDestroy();
    this.#held = undefined;
  }

  /** Resets what is open, at both ends. New connections pass. */
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #carry(incoming: IncomingMessage, answer: ServerResponse): void {
    const outgoing = httpRequest({
      host: this.#target.hostname,
      port: this.#target.port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
      agent: false,
    });
    outgoing.on('socket', (socket) => this.#hold(socket));
    outgoing.on('error', () => incoming.socket.resetAndDestroy());
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.on('error', () => incoming.socket.resetAndDestroy());
      response.pipe(answer);
    });
    incoming.on('error', () => outgoing.destroy());
    if (incoming.method === 'POST' && incoming.url === '/v1/uploads') this.begun++;
    if (incoming.method === 'PATCH') this.#count(incoming, outgoing);
    incoming.pipe(outgoing);
  }

  #count(incoming: IncomingMessage, outgoing: ClientRequest): void {
    const carried = {
      path: incoming.url ?? '',
      offset: Number(incoming.headers['upload-offset']),
      bytes: 0,
    };
    this.carried.push(carried);
    incoming.on('data', (chunk: Buffer) => {
      carried.bytes += chunk.length;
      this.#total += chunk.length;
      if (this.#awaited === undefined || carried.offset + carried.bytes < this.#awaited.position) return;
      // Else a slow kill would come when the rest of the file has passed too.
      incoming.unpipe(outgoing);
      incoming.pause();
      this.#held = { incoming, outgoing };
      this.#awaited.reached();
      this.#awaited = undefined;
    });
  }

  #hold(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#open.delete(socket));
  }
}
