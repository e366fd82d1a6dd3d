import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, inject } from 'vitest';
import type { TestNamespace } from './namespaces.js';

/** A namespace of the dev server that all tests share, with the project's search attributes registered. */
export interface TestTemporal {
  /** host:port */
  address: string;
  namespace: TestNamespace;
}

/** Each test file that runs workers uses another name; the names are in namespaces.ts. */
export function testNamespace(namespace: TestNamespace): TestTemporal {
  return { address: inject('temporalAddress'), namespace };
}

/** A client of the namespace, closed after the last test of the file. Call it in `beforeAll` or at the top of a file. */
export async function connectTestClient({ address, namespace }: TestTemporal): Promise<Client> {
  const connection = await Connection.connect({ address });
  afterAll(() => connection.close());
  return new Client({ connection, namespace });
}

/** A connection for workers. Close it after the workers that use it have stopped. */
export function connectTestWorkers({ address }: TestTemporal): Promise<NativeConnection> {
  return NativeConnection.connect({ address });
}
