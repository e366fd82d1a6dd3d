import { expect, it } from 'vitest';
import { closeServer, listen } from '../../src/api/http-server.js';

it('a connection that sends no request is not kept for ever, and an upload takes as long as it takes', async () => {
  const { server } = await listen('127.0.0.1', 0);
  // Node's default of the one becomes that of the other, which is none here.
  expect([server.requestTimeout, server.headersTimeout]).toEqual([0, 60_000]);
  await closeServer(server);
});
