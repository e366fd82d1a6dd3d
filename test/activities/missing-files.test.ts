import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partsPrefix } from '../../src/activation/object-keys.js';
import { findActivation, recordEnd } from '../../src/database/activations.js';
import { newId } from '../../src/database/ids.js';
import { releaseLeases } from '../../src/database/preparations.js';
import { giveUpUpload } from '../../src/database/uploads.js';
import { deleteObjects } from '../../src/storage/delete-objects.js';
import { type ScriptedServer, success } from '../tiktok/scripted-server.js';
import type { LocalActivities } from './local-activities.js';
import { withScriptedTikTok } from './scripted-tiktok.js';

let server: ScriptedServer;
let local: LocalActivities;
let activationId: string;
beforeAll(async () => {
  ({ server, local } = await withScriptedTikTok());
});
afterAll(() => server.close());
beforeEach(async () => {
  // Runs of the same content would share their parts.
  activationId = await local.newRun(`${newId('act')}@example.com\nanna.adler@example.com\n`);
  await split();
  server.forget();
  server.reply({ json: success({ file_path: 'first' }) });
});

const inspect = () => local.call(local.activities.inspectUpload, { activationId });
const split = () => local.call(local.activities.splitUpload, { activationId, calculateType: null });
const prepare = () => local.call(local.activities.preparePart, { activationId, part: 0 });
const upload = () => local.call(local.activities.uploadPart, { activationId, part: 0 });

/** As for a worker whose folder is not that of the others, or whose disk was not mounted when it started. */
async function withAnEmptyStore(work: () => Promise<void>): Promise<void> {
  const objects = join(local.folder, 'objects');
  const others = join(local.folder, 'objects of the others');
  await rename(objects, others);
  await mkdir(objects);
  try {
    await work();
  } finally {
    await rm(objects, { recursive: true });
    await rename(others, objects);
  }
}

describe('a store without the files of a run', () => {
  it('does not end the run while the database says that they are there', async () => {
    const lacking = { type: 'storage_not_found', nonRetryable: false };
    await withAnEmptyStore(async () => {
      for (const step of [inspect, split, prepare]) await expect(step()).rejects.toMatchObject(lacking);
    });
    await prepare();
    await withAnEmptyStore(() => expect(upload()).rejects.toMatchObject(lacking));
    await upload();
    expect(server.requests).toHaveLength(1);
  });

  it('ends a run at each of its steps that was reset after its upload had been deleted', async () => {
    await prepare();
    await recordEnd(local.db, activationId, { phase: 'failed', failure: null, attention: null });
    const { upload_id: uploadId, preparation_id: preparationId } =
      (await findActivation(local.db, activationId)) ?? {};
    expect(await giveUpUpload(local.db, uploadId ?? '')).toBe(true);
    expect(await releaseLeases(local.db, activationId)).toEqual([preparationId]);
    await deleteObjects(local.store, partsPrefix(preparationId ?? ''));

    const gone = { type: 'upload_gone', nonRetryable: true };
    for (const step of [inspect, split, upload]) await expect(step()).rejects.toMatchObject(gone);
    await sql`update preparation_parts set prepared_at = null where preparation_id = ${preparationId}`.execute(
      local.db,
    );
    await expect(prepare()).rejects.toMatchObject(gone);
    expect(server.requests).toEqual([]);
  });
});
