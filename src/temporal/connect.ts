import { Client, Connection } from '@temporalio/client';
import type { TemporalSettings } from './connection-settings.js';

/** A client that connects at the first call, so that a process can start while Temporal is down. */
export function connectLazily({ connectionOptions, namespace }: TemporalSettings): Client {
  // After a long outage gRPC would wait up to two minutes before it tries again.
  const channelArgs = { 'grpc.max_reconnect_backoff_ms': 5_000 };
  return new Client({ connection: Connection.lazy({ ...connectionOptions, channelArgs }), namespace });
}
