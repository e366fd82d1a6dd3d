import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type PostgresCluster, postgresUrl } from './postgres-cluster.js';
import type { Secrets } from './secrets.js';
import type { StackAddresses } from './stack-addresses.js';
import type { StackPlan } from './stack-plan.js';

export function addressesOf(plan: StackPlan, cluster: PostgresCluster | undefined): StackAddresses {
  const { given, ports, embedded } = plan;
  const api = given['PUBLIC_URL']?.replace(/\/+$/, '') ?? `http://${reachable(plan.host)}:${ports.api}`;
  return {
    api,
    console: api,
    temporalAddress: embedded.temporal ? `127.0.0.1:${ports.temporal}` : (given['TEMPORAL_ADDRESS'] ?? ''),
    temporalUi: embedded.temporal
      ? `http://127.0.0.1:${ports.temporalUi}`
      : (given['TEMPORAL_UI_URL'] ?? null),
    databaseUrl: cluster === undefined ? (given['DATABASE_URL'] ?? '') : postgresUrl(cluster),
    sandbox: given['TIKTOK_SANDBOX_URL']?.replace(/\/+$/, '') ?? `http://127.0.0.1:${ports.sandbox}`,
  };
}

/** An address to ask at: what listens everywhere listens on loopback too. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** What the API and the worker are told: what the user set, and the addresses of what is embedded. */
export function programEnvironment(
  plan: StackPlan,
  secrets: Secrets,
  addresses: StackAddresses,
): NodeJS.ProcessEnv {
  const { given, folder, embedded, ports } = plan;
  return {
    STORAGE_URL: pathToFileURL(join(folder, 'objects')).href,
    ENCRYPTION_KEY: secrets.encryptionKey,
    ...(embedded.temporal ? withoutTemporal(given) : given),
    HOST: plan.host,
    PORT: String(ports.api),
    PUBLIC_URL: addresses.api,
    WORKER_HEALTH_PORT: String(ports.workerHealth),
    DATA_DIR: folder,
    DATABASE_URL: addresses.databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    ...(addresses.temporalUi === null ? {} : { TEMPORAL_UI_URL: addresses.temporalUi }),
    // The user's profile file may hold a key or certificates for another server; one that does not exist is no error.
    ...(embedded.temporal
      ? { TEMPORAL_NAMESPACE: 'default', TEMPORAL_CONFIG_FILE: join(folder, 'temporal', 'no-profiles.toml') }
      : {}),
    TIKTOK_SANDBOX_URL: addresses.sandbox,
  };
}

export function sandboxEnvironment(plan: StackPlan): NodeJS.ProcessEnv {
  return { ...plan.given, HOST: '127.0.0.1', PORT: String(plan.ports.sandbox), DATA_DIR: plan.folder };
}

/** The variables of the Temporal CLI are about other servers. */
export function withoutTemporal(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
