import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface NarrowProxy {
  readonly url: string;
  /** Settles when the allowance is used up. */
  readonly exhausted: Promise<void>;
  /** From now on everything passes. */
  widen(): void;
  close(): Promise<void>;
}

/**
 * Stands between client and server and lets `allowance` bytes of requests through. Then the connection breaks
 * (`break`), or nothing moves any more (`stall`).
 */
export async function narrowProxy(
  port: number,
  allowance: number,
  then: 'break' | 'stall',
): Promise<NarrowProxy> {
  let left = allowance;
  let used: () => void = () => {};
  const exhausted = new Promise<void>((resolve) => {
    used = resolve;
  });
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    upstream.pipe(client);
    client.on('data', (chunk: Buffer) => {
      const passing = chunk.subarray(0, Math.max(0, left));
      left -= passing.length;
      if (passing.length > 0) upstream.write(passing);
      if (passing.length === chunk.length) return;
      client.pause();
      used();
      if (then === 'break') upstream.end(() => client.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exhausted,
    widen() {
      left = Number.POSITIVE_INFINITY;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
