import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Worker } from '@temporalio/worker';

/**
 * Serves `GET /healthz` (the process is alive) and `GET /readyz` (every role polls its task queue), for a supervisor
 * or an orchestrator.
 */
export async function serveWorkerHealth(options: {
  host: string;
  port: number;
  workers: readonly Pick<Worker, 'getState' | 'options'>[];
}): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const states = Object.fromEntries(
      options.workers.map((worker) => [worker.options.taskQueue, worker.getState()]),
    );
    const ready = Object.values(states).every((state) => state === 'RUNNING');
    const known = request.url === '/healthz' || request.url === '/readyz';
    const status = !known ? 404 : request.url === '/healthz' || ready ? 200 : 503;
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ready, states }));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
