import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Worker } from '@temporalio/worker';

const CHECK_LIMIT_MS = 5_000;

/** What is asked of a Worker of Temporal's SDK. */
interface PollingWorker {
  getState(): ReturnType<Worker['getState']>;
  readonly options: { readonly taskQueue: string };
}

/** Rejects when the dependency does not answer. */
type Check = () => Promise<void>;

/**
 * Serves `GET /healthz` (the process is alive) and `GET /readyz` (every role polls its task queue, and what the work
 * needs answers), for a supervisor or an orchestrator. While the worker ends it is not ready.
 */
export async function serveWorkerHealth(options: {
  host: string;
  port: number;
  workers: readonly PollingWorker[];
  dependencies: Readonly<Record<string, Check>>;
}): Promise<{ port: number; close(): Promise<void> }> {
  const answer = async (url: string | undefined): Promise<[number, object]> => {
    if (url === '/healthz') return [200, { status: 'ok' }];
    if (url !== '/readyz') return [404, {}];
    const states = Object.fromEntries(
      options.workers.map((worker) => [worker.options.taskQueue, worker.getState()]),
    );
    const checked = Object.entries(options.dependencies).map(
      async ([name, check]): Promise<[string, boolean]> => [name, await answers(check)],
    );
    const dependencies = Object.fromEntries(await Promise.all(checked));
    const ready =
      Object.values(states).every((state) => state === 'RUNNING') &&
      Object.values(dependencies).every(Boolean);
    return [ready ? 200 : 503, { ready, states, dependencies }];
  };
  const server = createServer((request, response) => {
    void answer(request.url).then(([status, body]) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
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

async function answers(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_LIMIT_MS);
  });
  const checked = check().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([checked, limit]);
  } finally {
    clearTimeout(timer);
  }
}
