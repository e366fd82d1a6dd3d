import { Client, Connection } from '@temporalio/client';
import type { TemporalSettings } from './connection-settings.js';

/** A client that connects at the first call, so that a process can start while Temporal is down. */
export function connectLazily({ connectionOptions, namespace }: TemporalSettings): Client {
  return new Client({ connection: Connection.lazy(connectionOptions), namespace });
}
