import { Client, type ClientInterceptors, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, inject } from 'vitest';
import { findTemporalTestServer } from '../../src/local/find-tools.js';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/search-attributes.js';
import type { TestNamespace } from './namespaces.js';
import { historiesOf, replay } from './replay.js';

/** A namespace of the dev server that all tests share, with the project's search attributes registered. */
export interface TestTemporal {
  /** host:port */
  address: string;
  namespace: TestNamespace;
}

/** Where workers connect to. */
export interface WorkerServer {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/** Each test file that runs workers uses another name; the names are in namespaces.ts. */
export function testNamespace(namespace: TestNamespace): TestTemporal {
  return { address: inject('temporalAddress'), namespace };
}

/** Workflows that clients of this process have started and whose histories were not replayed yet, by namespace. */
const started = new Map<string, Set<string>>();

function startedIn(namespace: string): Set<string> {
  const ids = started.get(namespace) ?? new Set();
  started.set(namespace, ids);
  return ids;
}

function remembering(namespace: string): ClientInterceptors {
  return {
    workflow: [
      {
        startWithDetails: (input, next) => {
          if (input.options.workflowId !== undefined) startedIn(namespace).add(input.options.workflowId);
          return next(input);
        },
      },
    ],
  };
}

/** Vitest takes no `afterAll` from a hook or a test that runs already. */
const clients: Connection[] = [];
afterAll(() => Promise.all(clients.map((connection) => connection.close())));

/** A client of the namespace, closed after the last test of the file. */
export async function connectTestClient({ address, namespace }: TestTemporal): Promise<Client> {
  const connection = await Connection.connect({ address });
  clients.push(connection);
  return new Client({ connection, namespace, interceptors: remembering(namespace) });
}

/** A connection for workers. Close it after the workers that use it have stopped. */
export function connectTestWorkers({ address }: TestTemporal): Promise<NativeConnection> {
  return NativeConnection.connect({ address });
}

/** A server that skips time while nothing happens; ended after the last test of the file. Call it at the top of a file. */
export async function startTimeSkipping(): Promise<{
  environment: TestWorkflowEnvironment;
  server: WorkerServer;
}> {
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: findTemporalTestServer(process.env) } },
    client: { interceptors: remembering('default') },
  });
  afterAll(() => environment.teardown());
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((key) => [key.name, 2])),
  });
  return { environment, server: { connection: environment.nativeConnection, namespace: 'default' } };
}

/** Replays what workflows did that were started there since the last call. Throws when one would not do the same again. */
export async function replayStarted({ connection, namespace }: WorkerServer): Promise<void> {
  const ids = [...startedIn(namespace)];
  started.delete(namespace);
  await replay(await historiesOf(new Client({ connection, namespace }), ids));
}
