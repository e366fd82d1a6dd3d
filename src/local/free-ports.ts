import { createServer, type Server } from 'node:net';

/**
 * A port for every wish, in the same order: the wished one where it is free, another free one where it is not.
 * A wish of 0 is any free port. All of them differ.
 * @param claim says no to a port that is free, but promised to somebody else
 */
export async function choosePorts(
  wishes: readonly number[],
  claim: (port: number) => boolean = () => true,
): Promise<number[]> {
  const held: Server[] = [];
  try {
    const ports: number[] = [];
    for (const wish of wishes) {
      // Held open until all are chosen, so that the system does not give the same one twice.
      const server = (wish === 0 || claim(wish) ? await listen(wish) : undefined) ?? (await listen(0));
      if (server === undefined) throw new Error('No free port is left on 127.0.0.1.');
      held.push(server);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.');
      ports.push(address.port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
