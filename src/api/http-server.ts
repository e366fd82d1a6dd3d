import { createServer, type Server } from 'node:http';

/**
 * How long an API that is asked to end still takes requests, while `/readyz` says that it is not ready: time for a load
 * balancer to notice. Not when a person ends it at the terminal.
 */
export const DRAIN_MS = 5_000;

/** How long requests that are under way may take then. Orchestrators wait longer before they kill. */
export const SHUTDOWN_LIMIT_MS = 10_000;
const IDLE_CHECK_MS = 50;

/** How long the headers of a request may take to arrive. */
const HEADERS_LIMIT_MS = 60_000;
/** Silence after which a peer is asked whether it is still there. The system's own is hours. */
const VANISHED_AFTER_MS = 30_000;

/** Listens; requests wait until a handler is added. Throws when the address cannot be had. */
export async function listen(host: string, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer({
    // An upload takes as long as it takes: Node's five minutes for a whole request would cut off large files.
    requestTimeout: 0,
    // Without the limit above this one would be none either: whoever says nothing keeps no connection.
    headersTimeout: HEADERS_LIMIT_MS,
    // Finds peers that vanished, since no other limit does.
    keepAlive: true,
    keepAliveInitialDelay: VANISHED_AFTER_MS,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}

/** Takes no new connections, lets requests end for ten seconds, then cuts them off: uploads can be resumed. */
export async function closeServer(server: Server): Promise<void> {
  const limit = setTimeout(() => server.closeAllConnections(), SHUTDOWN_LIMIT_MS);
  // A connection whose last request ends from here on would be kept open for the next one.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearInterval(idle);
  clearTimeout(limit);
}
