import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { choosePorts } from '../../src/local/free-ports.js';
import { secretsOf } from '../../src/local/secrets.js';
import type { TestStack } from '../service/test-stack.js';

const WORKER = fileURLToPath(new URL('../../dist/worker.js', import.meta.url));

export interface SecondWorker {
  readonly process: ChildProcess;
  /** Whether it serves its task queues. */
  ready(): Promise<boolean>;
}

/** One more worker process beside that of the stack, with all roles. Ends by a signal of the test. */
export async function startSecondWorker(
  product: TestStack,
  settings: Readonly<Record<string, string>> = {},
): Promise<SecondWorker> {
  const { databaseUrl, temporalAddress } = product.stack.addresses;
  const [port = 0] = await choosePorts([0]);
  return {
    process: spawn(process.execPath, [WORKER], {
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
        WORKER_HEALTH_PORT: String(port),
        TIKTOK_SANDBOX_URL: product.sandbox,
        ...settings,
      },
    }),
    async ready() {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      return answer?.ok ?? false;
    },
  };
}
