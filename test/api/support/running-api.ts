import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { Express } from 'express';
import { pino } from 'pino';
import { type ApiSettings, startApi } from '../../../src/api/start-api.js';
import { type Database, openDatabase } from '../../../src/database/open-database.js';
import type { Logger } from '../../../src/logger.js';
import { startSandbox } from '../../../src/sandbox/sandbox.js';
import type { ActivationRuns } from '../../../src/temporal/activation-runs.js';
import { createTestDatabase } from '../../support/database.js';
import { ApiCaller } from './api-caller.js';
import { RecordingRuns } from './recording-runs.js';

/** An API on real PostgreSQL, real files and the real sandbox, in this process. */
export interface RunningApi<Runs extends ActivationRuns = RecordingRuns> extends ApiCaller {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly runs: Runs;
  /** Where objects and incoming uploads lie. */
  readonly folder: string;
  readonly sandboxUrl: string;
  /** What was logged, as JSON lines. */
  readonly log: readonly string[];
  readonly settings: ApiSettings;
  readonly app: Express;
  /** Makes it say that it is about to end. */
  drain(): void;
  stop(): Promise<void>;
}

export async function runApi(changes: Partial<ApiSettings> = {}): Promise<RunningApi> {
  return runApiWith(new RecordingRuns(), changes);
}

export async function runApiWith<Runs extends ActivationRuns>(
  runs: Runs,
  changes: Partial<ApiSettings> = {},
): Promise<RunningApi<Runs>> {
  const folder = await mkdtemp(join(tmpdir(), 'activate-audience-api-'));
  const [database, sandbox] = await Promise.all([
    createTestDatabase(),
    startSandbox({ dataDir: join(folder, 'sandbox'), processingSeconds: 0 }),
  ]);
  const settings: ApiSettings = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://127.0.0.1:0',
    loopback: true,
    apiKeys: [],
    databaseUrl: database.url,
    storageUrl: pathToFileURL(join(folder, 'store')).href,
    temporalNamespace: 'default',
    temporalUiUrl: 'http://127.0.0.1:8233',
    tiktok: {
      live: {
        appId: '7000000000000000000',
        appSecret: 'sandbox-secret',
        apiUrl: `${sandbox.url}/open_api/v1.3/`,
        portalUrl: `${sandbox.url}/portal/auth`,
      },
      sandbox: null,
    },
    tiktokLimits: { level: 'ultimate', minutePause: 300_000, dayPause: 'until_midnight_utc' },
    encryptionKeys: { current: randomBytes(32), previous: null },
    maxUploadBytes: 1_000_000_000,
    partBytes: 50_000_000,
    ...changes,
  };
  const { logger, lines } = capturingLogger();
  const api = await startApi(settings, runs, logger);
  const db = openDatabase(database.url, () => undefined);
  const caller = new ApiCaller(`http://127.0.0.1:${api.port}`);
  await caller.untilReady();
  return Object.assign(caller, {
    db,
    databaseUrl: database.url,
    runs,
    folder: join(folder, 'store'),
    sandboxUrl: sandbox.url,
    log: lines,
    settings,
    app: api.app,
    drain: api.drain,
    async stop() {
      await api.stop();
      await db.destroy();
      await sandbox.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

export function capturingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return { logger: pino({ level: 'trace' }, stream), lines };
}
