import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../config.js';
import { createLogger, type Logger } from '../logger.js';
import { createActivationRuns } from '../temporal/activation-runs.js';
import { connectLazily } from '../temporal/connect.js';
import { temporalSettings } from '../temporal/connection-settings.js';
import { DRAIN_MS } from './http-server.js';
import { type RunningApi, startApi } from './start-api.js';

/** 500 GB: far above any customer file, far below what would hide a client that never ends. */
const MAX_UPLOAD_BYTES = 500_000_000_000;

/** The API's process. Exits with 1 and a sentence when it cannot start as it is configured. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger('api', config.logLevel);
  const settings = temporalSettings();
  const temporal = connectLazily(settings);
  const api = await startApi(
    { ...config, temporalNamespace: settings.namespace, maxUploadBytes: MAX_UPLOAD_BYTES },
    createActivationRuns(temporal),
    logger,
  );
  stopInOrder(logger, api, () => temporal.connection.close());
  // Tells a supervisor that was given port 0, or that waits.
  process.send?.({ type: 'listening', port: api.port });
}

function stopInOrder(logger: Logger, api: RunningApi, disconnect: () => Promise<void>): void {
  let stopping = false;
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    try {
      if (why === 'SIGTERM') {
        api.drain();
        await delay(DRAIN_MS);
      }
      await api.stop();
      await disconnect();
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'could not stop in order');
      process.exit(1);
    }
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  // The supervisor that started this process is gone.
  process.on('disconnect', () => void stop('disconnect'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
