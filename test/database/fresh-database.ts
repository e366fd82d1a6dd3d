import { afterAll } from 'vitest';
import { acceptActivations } from '../../src/database/accept-activations.js';
import { findActivation } from '../../src/database/activations.js';
import { insertConnection } from '../../src/database/connections.js';
import { newId } from '../../src/database/ids.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, openDatabase } from '../../src/database/open-database.js';
import { leasePreparation } from '../../src/database/preparations.js';
import { completeUpload, insertUpload } from '../../src/database/uploads.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Vitest takes no `afterAll` from a hook that runs already. */
const opened: { readonly db: Database; readonly database: TestDatabase }[] = [];
afterAll(async () => {
  for (const { db, database } of opened) {
    await db.destroy();
    await database.drop();
  }
});

/** A database with this release's schema, until the end of the test file. */
export async function freshDatabase(): Promise<Database> {
  const database = await createTestDatabase();
  const db = openDatabase(database.url, () => undefined);
  opened.push({ db, database });
  await migrate(db);
  return db;
}

export async function newUpload(db: Database): Promise<string> {
  const id = newId('upl');
  await insertUpload(db, { id, filename: null, size: 10 });
  await completeUpload(db, id, { size: 10, digest: 'ab'.repeat(32) });
  return id;
}

export async function newConnection(db: Database): Promise<string> {
  const id = newId('con');
  await insertConnection(db, { id, platform: 'tiktok-customer-file', name: null, environment: 'live' });
  return id;
}

export async function newActivation(
  db: Database,
  given: { uploadId?: string; connectionId?: string; request?: object } = {},
): Promise<string> {
  const id = newId('act');
  const { uploadId = await newUpload(db), connectionId = await newConnection(db), request = {} } = given;
  await acceptActivations(db, [{ id, uploadId, connectionId, advertiserId: '7', request }], null);
  return id;
}

/** What an activation works on from now on. */
export async function newPreparation(db: Database, activationId: string): Promise<string> {
  const row = await findActivation(db, activationId);
  if (row === undefined) throw new Error('there is no such activation');
  const id = newId('pre');
  const { upload_id: uploadId, preparation_id: earlier } = row;
  await leasePreparation(db, { id, key: id, uploadId, plan: {}, activationId, earlier });
  return id;
}
