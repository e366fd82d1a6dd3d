import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * A client for the address, namespace, key and TLS settings that the Temporal CLI would use: `TEMPORAL_*` variables
 * and the profile file. Connects at the first call, so that a process can start while Temporal is down.
 */
export function connectLazily(): Client {
  const config = loadClientConnectConfig();
  return new Client({
    connection: Connection.lazy(config.connectionOptions),
    namespace: config.namespace ?? 'default',
  });
}
