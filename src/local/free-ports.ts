import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { isBlockedPort } from './blocked-ports.js';

/**
 * Below the ports that Linux (from 32768), macOS and Windows (from 49152) give to outgoing connections, any of which
 * could take a port between its choice and the start of its service, or while that is started again.
 */
const LOWEST_PORT = 10_000;
const HIGHEST_PORT = 32_767;
const MOST_TRIES = 1_000;

/**
 * A port for every wish, in the same order: the wished one where it is free and not blocked by browsers, another one
 * where it is not.
 * A wish of 0 is any free port. All of them differ.
 * @param claim says no to a wished port that is free, but promised to somebody else
 * @param otherwise what is tried before any free port, in the order of the wishes
 */
export async function choosePorts(
  wishes: readonly number[],
  claim: (port: number) => boolean = () => true,
  otherwise: readonly (number | undefined)[] = [],
): Promise<number[]> {
  const held: Server[] = [];
  try {
    const ports: number[] = [];
    for (const [index, wish] of wishes.entries()) {
      // Held open until all are chosen, so that none is chosen twice.
      const wished = wish !== 0 && claim(wish) ? await listen(wish) : undefined;
      const second = otherwise[index];
      const server = wished ?? (second === undefined ? undefined : await listen(second)) ?? (await anyFree());
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

async function anyFree(): Promise<Server> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const server = await listen(randomInt(LOWEST_PORT, HIGHEST_PORT + 1));
    if (server !== undefined) return server;
  }
  throw new Error('No free port was found on 127.0.0.1.');
}

async function listen(port: number): Promise<Server | undefined> {
  if (isBlockedPort(port)) return undefined;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
