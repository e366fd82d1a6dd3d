import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The line between one program and one server that it calls; can be cut or fall silent. */
export class Line {
  readonly name: string;
  readonly #target: { host: string; port: number };
  readonly #open = new Set<Connection>();
  readonly #server: Server;
  #state: 'whole' | 'cut' | 'silent' = 'whole';

  private constructor(name: string, target: { host: string; port: number }) {
    this.name = name;
    this.#target = target;
    this.#server = createServer((socket) => this.#carry(socket));
  }

  static async open(name: string, target: { host: string; port: number }): Promise<Line> {
    const line = new Line(name, target);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  get port(): number {
    return addressOf(this.#server).port;
  }

  /** Resets every connection and refuses new ones. */
  cut(): void {
    this.#state = 'cut';
    for (const { near, far } of this.#open) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Carries nothing any more and tells neither end. New connections are made, and carry nothing either. */
  silence(): void {
    this.#state = 'silent';
    for (const connection of this.#open) mute(connection);
  }

  /**
   * Carries what is opened from now on. What fell silent stays so for the program, which has to notice by itself; the
   * server loses it now, as by its keep-alive.
   */
  mend(): void {
    this.#state = 'whole';
    for (const { far, muted } of this.#open) if (muted) far.resetAndDestroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #carry(near: Socket): void {
    if (this.#state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#target);
    const connection: Connection = { near, far, muted: false };
    this.#open.add(connection);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.setNoDelay(true);
      const endBoth = () => {
        if (connection.muted && one === far) return;
        this.#open.delete(connection);
        other.destroy();
      };
      one.on('error', endBoth);
      one.on('close', endBoth);
    }
    near.pipe(far);
    far.pipe(near);
    if (this.#state === 'silent') mute(connection);
  }
}

interface Connection {
  /** To the program. */
  readonly near: Socket;
  /** To the server. */
  readonly far: Socket;
  muted: boolean;
}

function mute(connection: Connection): void {
  connection.muted = true;
  for (const socket of [connection.near, connection.far]) {
    socket.unpipe();
    socket.pause();
  }
}

/** The variables by which a program is told of a server, each behind a line. */
const SERVERS = {
  DATABASE_URL: 'postgres',
  TEMPORAL_ADDRESS: 'temporal',
  TIKTOK_SANDBOX_URL: 'sandbox',
} as const;

/** All lines of a stack. Programs ask for theirs before they start. */
export class Network {
  readonly #lines = new Map<string, Promise<Line>>();
  readonly #directory = createHttpServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://directory');
    void this.#rewritten(asked.pathname.slice(1), asked.searchParams).then((answer) =>
      response.end(JSON.stringify(answer)),
    );
  });

  static async open(): Promise<Network> {
    const network = new Network();
    network.#directory.listen(0, '127.0.0.1');
    await once(network.#directory, 'listening');
    return network;
  }

  /** What a program has to be told to ask for its lines. */
  get environment(): Record<string, string> {
    return {
      LINES_DIRECTORY: `http://127.0.0.1:${addressOf(this.#directory).port}`,
      LINES_BEFORE: Object.keys(SERVERS).join(),
    };
  }

  /** Opens one more line, from a program that is not of the stack; the address of its near end. */
  async lineTo(name: string, address: string): Promise<string> {
    const url = new URL(address);
    const line = Line.open(name, { host: url.hostname, port: Number(url.port) });
    this.#lines.set(name, line);
    url.port = String((await line).port);
    return url.origin;
  }

  async lines(): Promise<Line[]> {
    return Promise.all(this.#lines.values());
  }

  async close(): Promise<void> {
    this.#directory.close();
    for (const line of await this.lines()) line.close();
  }

  async #rewritten(program: string, environment: URLSearchParams): Promise<Record<string, string>> {
    const rewritten: Record<string, string> = {};
    for (const [name, server] of Object.entries(SERVERS)) {
      const address = environment.get(name);
      if (address === null) continue;
      const url = new URL(address.includes('://') ? address : `tcp://${address}`);
      const key = `${program} to ${server}`;
      const known = this.#lines.get(key) ?? Line.open(key, { host: url.hostname, port: Number(url.port) });
      this.#lines.set(key, known);
      rewritten[name] = address.replace(url.host, `127.0.0.1:${(await known).port}`);
    }
    return rewritten;
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address;
}
