import { once } from 'node:events';
import express from 'express';
import { expect, it } from 'vitest';
import { sendActivationEvents } from '../../src/api/activations/event-stream.js';
import { activation } from '../../src/api/schemas/activation.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { runApi } from './support/running-api.js';

it('the stream of a client that leaves during the first look ends, and nobody looks for it any more', async () => {
  const api = await runApi();
  const request = await readyToActivate(api);
  const open = activation.parse((await api.post('/v1/activations', request)).body);
  await api.stop();

  let asked = () => {};
  const looking = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let ended: Promise<void> | undefined;
  const app = express();
  app.get('/events', (incoming, response) => {
    const left = once(response, 'close');
    const look = async () => {
      asked();
      await left;
      return open;
    };
    ended = sendActivationEvents(incoming, response, look, new AbortController().signal);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  const leave = new AbortController();
  const client = fetch(`http://127.0.0.1:${address.port}/events`, { signal: leave.signal });
  await looking;
  leave.abort();
  await expect(client).rejects.toThrow();
  await ended;
  server.close();
});
