import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll } from 'vitest';
import { uploadKey } from '../../src/activation/object-keys.js';
import type { StoredRequest } from '../../src/activation/stored-request.js';
import { createActivities } from '../../src/activities/create-activities.js';
import type { ActivityDependencies } from '../../src/activities/dependencies.js';
import { createConnectionAccess } from '../../src/connections/access.js';
import { createTokenCipher } from '../../src/connections/token-cipher.js';
import type { RequestedColumns } from '../../src/customer-file/choose-columns.js';
import { chooseColumns } from '../../src/customer-file/choose-columns.js';
import { inspectFile } from '../../src/customer-file/inspect-file.js';
import { preparePart } from '../../src/customer-file/prepare-part.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { newId } from '../../src/database/ids.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { openSessionLocks } from '../../src/database/session-locks.js';
import { completeUpload, insertUpload } from '../../src/database/uploads.js';
import { createLogger } from '../../src/logger.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { openStore } from '../../src/storage/open-store.js';
import { workerLogger } from '../../src/temporal/worker-logger.js';
import { localUpload } from '../customer-file/local-upload.js';
import { newActivation } from '../database/fresh-database.js';
import { createTestDatabase } from '../support/database.js';

/** All lines that a worker's log would have of what happened here, whatever their level. */
export const logged: string[] = [];
const logger = workerLogger(createLogger('worker', 'trace', { write: (line) => void logged.push(line) }));

/** The activities that need no TikTok, on a database and a store of their own. */
export interface LocalActivities {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly store: ObjectStore;
  /** The store's folder. */
  readonly folder: string;
  readonly activities: ReturnType<typeof createActivities>;
  /** Calls an activity as a worker does. */
  call<Input extends object, Output>(
    activity: (input: Input) => Promise<Output>,
    input: Input,
  ): Promise<Output>;
  /** A complete upload and an activation of it. */
  newRun(content: string | Uint8Array, request?: RunRequest): Promise<string>;
}

export interface RunRequest {
  /** By index; those of the inspection unless given. */
  readonly columns?: RequestedColumns;
  readonly rejectedRowPercent?: number;
  readonly include?: readonly { column: number; values: readonly string[] }[];
  readonly audience?: StoredRequest['audience'];
  readonly dryRun?: boolean;
}

/** How to undo each of them. Vitest takes no `afterAll` from a hook that runs already. */
const undoings: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const undo of undoings) await undo();
});

const CREATE = { action: 'create', name: 'Spring buyers' } as const;

export async function localActivities(
  replaced: Partial<ActivityDependencies> = {},
): Promise<LocalActivities> {
  const database = await createTestDatabase();
  const db = openDatabase(database.url, () => undefined);
  const locks = openSessionLocks(database.url, () => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'activities-'));
  undoings.push(async () => {
    await locks.close();
    await db.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  await migrate(db);
  const store = await openStore(pathToFileURL(folder).href);
  const cipher = createTokenCipher({ current: Buffer.alloc(32, 7), previous: null });
  const deps: ActivityDependencies = {
    db,
    locks,
    store,
    access: createConnectionAccess({ db, environments: { live: null, sandbox: null }, cipher }),
    engine: { splitUpload, preparePart },
    partBytes: 1_000,
    ...replaced,
  };
  return {
    db,
    databaseUrl: database.url,
    store: deps.store,
    folder,
    activities: createActivities(deps),
    call: (activity, input) => new MockActivityEnvironment({}, { logger }).run(activity, input),
    async newRun(
      content,
      { columns, rejectedRowPercent = 100, include = [], audience = CREATE, dryRun = true } = {},
    ) {
      const uploadId = await storeUpload(db, store, content);
      const request = {
        audience,
        columns: await columnsOf(content, columns),
        include,
        normalization: 'brief-2024',
        rejectedRowPercent,
        dryRun,
      };
      return newActivation(db, { uploadId, request });
    },
  };
}

async function storeUpload(db: Database, store: ObjectStore, content: string | Uint8Array): Promise<string> {
  const bytes = Buffer.from(content);
  const id = newId('upl');
  await insertUpload(db, { id, filename: null, size: bytes.length });
  await store.put(uploadKey(id), one(bytes));
  const digest = createHash('sha256').update(bytes).digest('hex');
  await completeUpload(db, id, { size: bytes.length, digest });
  return id;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A file that cannot be read is given an e-mail column, as by an API that could not look into it. */
async function columnsOf(content: string | Uint8Array, requested: RequestedColumns | undefined) {
  try {
    const bytes = await localUpload(content);
    const inspection = await inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
    return chooseColumns(inspection, requested);
  } catch {
    return [{ index: 0, identifier: 'email' as const }];
  }
}
