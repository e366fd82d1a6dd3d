import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { choosePorts } from '../../src/local/free-ports.js';
import { secretsOf } from '../../src/local/secrets.js';
import { BUILT_PROGRAMS } from '../../src/local/stack-services.js';
import type { TestStack } from './test-stack.js';

export interface SecondProcess {
  readonly process: ChildProcess;
  /** Where an API answers; a worker has only its health there. */
  readonly address: string;
  /** Whether it does its work. */
  ready(): Promise<boolean>;
}

/** One more worker, with all roles, or API, beside that of the stack. Ends by a signal of the test. */
export async function startSecond(
  product: TestStack,
  program: 'worker' | 'api',
  settings: Readonly<Record<string, string>> = {},
): Promise<SecondProcess> {
  const { databaseUrl, temporalAddress } = product.stack.addresses;
  const [port = 0] = await choosePorts([0]);
  const address = `http://127.0.0.1:${port}`;
  return {
    address,
    process: spawn(process.execPath, [BUILT_PROGRAMS[program]], {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        STORAGE_URL: pathToFileURL(join(product.folder, 'objects')).href,
        ENCRYPTION_KEY: secretsOf(product.folder).encryptionKey,
        DATA_DIR: product.folder,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_NAMESPACE: 'default',
        TEMPORAL_CONFIG_FILE: join(product.folder, 'temporal', 'no-profiles.toml'),
        [program === 'api' ? 'PORT' : 'WORKER_HEALTH_PORT']: String(port),
        TIKTOK_SANDBOX_URL: product.sandbox,
        ...settings,
      },
    }),
    async ready() {
      const answer = await fetch(`${address}/readyz`).catch(() => null);
      return answer?.ok ?? false;
    },
  };
}
