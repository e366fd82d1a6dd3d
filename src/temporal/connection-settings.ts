import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';

export interface TemporalSettings {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  readonly namespace: string;
}

/**
 * Address, namespace, key and TLS settings that the Temporal CLI would use: `TEMPORAL_*` variables and the profile file.
 * One source for all processes, so that the API starts runs where the workers look for them. Throws when the profile file
 * cannot be read.
 */
export function temporalSettings(): TemporalSettings {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    connectionOptions,
    namespace: namespace === undefined || namespace === '' ? 'default' : namespace,
  };
}
