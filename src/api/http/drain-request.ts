import type { IncomingMessage } from 'node:http';

/** More than clients send before they look at an answer, far less than a customer file can have. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the rest of a refused request's body and forgets it, so that the client, which is still sending, gets to read the answer:
 * a connection closed under it looks like a broken network. One that goes on and on is cut off.
 */
export function drainRequest(request: IncomingMessage): void {
  let drained = 0;
  request.removeAllListeners('data');
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MOST_BYTES) request.destroy();
  });
  request.resume();
}
