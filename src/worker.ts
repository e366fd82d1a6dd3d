import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { sql } from 'kysely';
import { createActivities } from './activities/create-activities.js';
import type { ActivityDependencies } from './activities/dependencies.js';
import { HEARTBEAT_INTERVAL_MS } from './activities/heartbeating.js';
import { type Config, ConfigError, readConfig } from './config.js';
import { createConnectionAccess } from './connections/access.js';
import { createEnvironments } from './connections/environments.js';
import { createTokenCipher } from './connections/token-cipher.js';
import { preparePartInThread, splitUploadInThread } from './customer-file/run-in-thread.js';
import { openDatabase } from './database/open-database.js';
import { openSessionLocks } from './database/session-locks.js';
import { createLogger, type Logger } from './logger.js';
import { openStore } from './storage/open-store.js';
import { type TemporalSettings, temporalSettings } from './temporal/connection-settings.js';
import { requireNamespace } from './temporal/namespace.js';
import { TASK_QUEUES, type WorkerRole } from './temporal/task-queues.js';
import { serveWorkerHealth } from './temporal/worker-health.js';
import { workerLogger } from './temporal/worker-logger.js';
import { SHUTDOWN_FORCE_MS, SHUTDOWN_GRACE_MS } from './temporal/worker-shutdown.js';

const WORKFLOW_BUNDLE = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));

/** Calls of TikTok that wait for the network at the same time. */
const TIKTOK_CALLS = 16;

/** A call that has to wait longer for its turn gives its place in the worker to another one, and comes back. */
const LIMIT_PATIENCE_MS = 2_000;

const CONNECT_AGAIN_MS = 1_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger('worker', config.logLevel);
  Runtime.install({ logger: workerLogger(logger), shutdownSignals: [] });

  const db = openDatabase(config.databaseUrl, (error) =>
    logger.warn({ error }, 'a database connection was lost'),
  );
  const locks = openSessionLocks(config.databaseUrl, (error) =>
    logger.warn({ error }, 'the database connection for locks was lost'),
  );
  const deps: ActivityDependencies = {
    db,
    locks,
    store: await openStore(config.storageUrl),
    access: createConnectionAccess({
      db,
      environments: createEnvironments(config.tiktok, {
        db,
        limits: config.tiktokLimits,
        patienceMs: LIMIT_PATIENCE_MS,
      }),
      cipher: createTokenCipher(config.encryptionKeys),
    }),
    engine: { splitUpload: splitUploadInThread, preparePart: preparePartInThread },
    partBytes: config.partBytes,
  };

  const temporal = temporalSettings();
  const connection = await connect(temporal, logger);
  const workers = await createWorkers({ ...config, ...temporal }, connection, deps);
  const health = await serveWorkerHealth({
    host: config.host,
    port: config.workerHealthPort,
    workers,
    dependencies: {
      database: async () => {
        await sql`select 1`.execute(db);
      },
      temporal: () => requireNamespace(connection.workflowService, temporal.namespace),
    },
  });
  logger.info({ roles: config.workerRoles, healthPort: health.port }, 'worker is running');

  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Started by a supervisor that is gone: nobody would ever stop this process.
  process.on('disconnect', stop);

  await Promise.all(workers.map((worker) => worker.run()));
  await health.close();
  await connection.close();
  await locks.close();
  await db.destroy();
  logger.info('worker has stopped');
  if (process.connected) process.disconnect();
}

async function createWorkers(
  config: Config & TemporalSettings,
  connection: NativeConnection,
  deps: ActivityDependencies,
): Promise<Worker[]> {
  const activities = createActivities(deps);
  const roles: Record<WorkerRole, Partial<WorkerOptions>> = {
    core: { workflowBundle: { codePath: WORKFLOW_BUNDLE }, maxCachedWorkflows: 200 },
    prepare: { maxConcurrentActivityTaskExecutions: availableParallelism() },
    tiktok: { maxConcurrentActivityTaskExecutions: TIKTOK_CALLS },
  };
  return Promise.all(
    config.workerRoles.map((role) =>
      Worker.create({
        connection,
        namespace: config.namespace,
        taskQueue: TASK_QUEUES[role],
        activities,
        shutdownGraceTime: SHUTDOWN_GRACE_MS,
        shutdownForceTime: SHUTDOWN_FORCE_MS,
        // Else the SDK holds heartbeats back for 8 of the 10 s, and a run that stops would wait that long.
        maxHeartbeatThrottleInterval: HEARTBEAT_INTERVAL_MS,
        ...roles[role],
      }),
    ),
  );
}

/** Waits for Temporal rather than ending: in a deployment everything starts at once. */
async function connect({ connectionOptions }: TemporalSettings, logger: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(connectionOptions);
    } catch (error) {
      logger.warn({ error }, 'Temporal is out of reach; trying again');
      await new Promise((resolve) => setTimeout(resolve, CONNECT_AGAIN_MS));
    }
  }
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else createLogger('worker', 'error').fatal({ error }, 'worker failed');
  process.exit(1);
});
