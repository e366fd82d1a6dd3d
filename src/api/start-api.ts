import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { createConnectionAccess } from '../connections/access.js';
import { createAuthorizations } from '../connections/authorizations.js';
import { type AppSettingsByEnvironment, createEnvironments } from '../connections/environments.js';
import type { LimitSettings } from '../connections/limiter-settings.js';
import { createTicketSigner } from '../connections/signed-ticket.js';
import { createTokenCipher, type EncryptionKeys } from '../connections/token-cipher.js';
import { readDatabaseTime } from '../database/clock.js';
import { openDatabase } from '../database/open-database.js';
import { openSessionLocks } from '../database/session-locks.js';
import type { Logger } from '../logger.js';
import { openStore } from '../storage/open-store.js';
import type { ActivationRuns } from '../temporal/activation-runs.js';
import { createReconciler } from './activations/reconciler.js';
import { createRunStarter } from './activations/run-starter.js';
import { lookAgain } from './activations/second-look.js';
import { createBackgroundTasks, inOneProcess, repeat } from './background-work.js';
import { createApp } from './create-app.js';
import { closeServer, listen } from './http-server.js';
import { migratePatiently } from './migrate-patiently.js';
import { OAUTH_CALLBACK_PATH } from './routes/oauth.js';
import { sweepAll } from './sweeps/sweep-all.js';
import { createUploads } from './uploads/uploads.js';

const DISPATCH_INTERVAL_MS = 5_000;
const RECONCILE_INTERVAL_MS = 30_000;
const SWEEP_INTERVAL_MS = 10 * 60_000;
const SECOND_LOOK_INTERVAL_MS = 60 * 60_000;

/** Somebody waits for the answer; what TikTok's limits allow only later is refused with the time to try again. */
const LIMIT_PATIENCE_MS = 5_000;

export interface ApiSettings {
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. One that ends in `:0` is given the port that was found. */
  readonly publicUrl: string;
  readonly loopback: boolean;
  readonly apiKeys: readonly string[];
  readonly databaseUrl: string;
  readonly storageUrl: string;
  readonly temporalNamespace: string;
  readonly temporalUiUrl: string | null;
  readonly tiktok: AppSettingsByEnvironment;
  readonly tiktokLimits: LimitSettings;
  readonly encryptionKeys: EncryptionKeys;
  readonly maxUploadBytes: number;
  /** What the workers make parts with, for predicting them. */
  readonly partBytes: number;
}

export interface RunningApi {
  readonly app: Express;
  readonly port: number;
  /** From now on `/readyz` says that it is not ready; everything else goes on. */
  drain(): void;
  /** Ends in order: requests, work in the background, the database. */
  stop(): Promise<void>;
}

/**
 * The API as a whole, with what it does in the background. Listens at once, also while the database or Temporal is
 * down: both are waited for, and `/readyz` tells. Throws when the address is taken or the storage cannot be opened.
 */
export async function startApi(
  settings: ApiSettings,
  runs: ActivationRuns,
  logger: Logger,
): Promise<RunningApi> {
  const store = await openStore(settings.storageUrl);
  const incoming = join(fileURLToPath(settings.storageUrl), 'incoming');
  await mkdir(incoming, { recursive: true });
  const { server, port } = await listen(settings.host, settings.port);
  const publicUrl = settings.publicUrl.replace(/:0$/, `:${port}`);

  const db = openDatabase(settings.databaseUrl, (error) =>
    logger.warn({ err: error }, 'a connection to the database was lost'),
  );
  const environments = createEnvironments(settings.tiktok, {
    db,
    limits: settings.tiktokLimits,
    patienceMs: LIMIT_PATIENCE_MS,
  });
  const locks = openSessionLocks(settings.databaseUrl, (error) =>
    logger.warn({ err: error }, 'the database connection for locks was lost'),
  );
  const cipher = createTokenCipher(settings.encryptionKeys);
  const access = createConnectionAccess({ db, environments, cipher });
  const redirectUri = publicUrl + OAUTH_CALLBACK_PATH;
  const signer = createTicketSigner(settings.encryptionKeys);
  const authorizations = createAuthorizations({ db, environments, cipher, signer, redirectUri });
  const uploads = createUploads({ db, store, incoming, logger });
  const stopper = new AbortController();
  const starter = createRunStarter({ db, runs, publicUrl, logger, stopping: stopper.signal });
  const reconciler = createReconciler({ db, store, runs, logger, stopping: stopper.signal });
  const { temporalUiUrl: url, temporalNamespace: namespace } = settings;
  const links = { publicUrl, temporalUi: url === null ? null : { url, namespace } };
  const repeating = { logger, stopping: stopper.signal };
  const background = createBackgroundTasks(logger);
  let migrated = false;
  let draining = false;

  const app = createApp({
    db,
    store,
    environments,
    runs,
    access,
    authorizations,
    uploads,
    locks,
    starter,
    reconciler,
    logger,
    background,
    loopback: settings.loopback,
    apiKeys: settings.apiKeys,
    links,
    maxUploadBytes: settings.maxUploadBytes,
    partBytes: settings.partBytes,
    migrated: () => migrated,
    draining: () => draining,
    stopping: stopper.signal,
  });
  server.on('request', app);
  logger.info({ port, publicUrl }, 'the API listens');

  const working = (async () => {
    migrated = await migratePatiently(db, repeating);
    if (!migrated) return;
    logger.info('the database is ready');
    const now = () => readDatabaseTime(db);
    const sweep = () =>
      inOneProcess(locks, 'sweep', async () => sweepAll({ db, store, uploads, logger }, await now()));
    const reconcile = () => inOneProcess(locks, 'reconcile', async () => reconciler.reconcile(await now()));
    const look = () =>
      inOneProcess(locks, 'second look', async () => lookAgain({ db, access, logger }, await now()));
    const dispatch = async () => starter.startUndispatched(await now());
    await Promise.all([
      repeat('starting queued activations', DISPATCH_INTERVAL_MS, dispatch, repeating),
      repeat('comparing open runs with Temporal', RECONCILE_INTERVAL_MS, reconcile, repeating),
      repeat('the sweep', SWEEP_INTERVAL_MS, sweep, repeating),
      repeat('the second look at audiences', SECOND_LOOK_INTERVAL_MS, look, repeating),
    ]);
  })();

  return {
    app,
    port,
    drain() {
      draining = true;
    },
    async stop() {
      draining = true;
      stopper.abort();
      await closeServer(server);
      await working;
      await background.settled();
      await locks.close();
      await db.destroy();
    },
  };
}
