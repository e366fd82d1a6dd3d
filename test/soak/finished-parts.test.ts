import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partKey } from '../../src/activation/object-keys.js';
import { findActivation } from '../../src/database/activations.js';
import { type LocalActivities, localActivities } from '../activities/local-activities.js';
import { type SandboxClient, signedInSandbox } from '../sandbox/running-sandbox.js';
import { recordUpload } from '../support/recorded-upload.js';
import { FinishedParts } from './finished-parts.js';

let local: LocalActivities;
beforeAll(async () => {
  local = await localActivities();
});

let tiktok: SandboxClient;
let activationId: string;
let preparationId: string;
let finished: FinishedParts;
let files = 0;
beforeEach(async () => {
  tiktok = await signedInSandbox();
  // Of an earlier test, whose TikTok is gone.
  await local.db.deleteFrom('deliveries').execute();
  activationId = await local.newRun(`email\nperson.${++files}@example.com\n`);
  await local.call(local.activities.splitUpload, { activationId, calculateType: null });
  preparationId = (await findActivation(local.db, activationId))?.preparation_id ?? expect.unreachable();
  finished = new FinishedParts({
    databaseUrl: local.databaseUrl,
    sandbox: tiktok.url,
    storage: local.folder,
  });
});

const prepare = () => local.call(local.activities.preparePart, { activationId, part: 0 });
const publishAgain = async () => {
  const key = partKey(preparationId, 0);
  const bytes = await local.store.read(key);
  await local.store.put(key, bytes);
};
const upload = () => tiktok.upload('a'.repeat(64), { fileName: `${activationId}-0.csv` });
const record = (filePath: string) =>
  recordUpload(local.db, { activationId, partIndex: 0, filePath, requestId: null, bytes: 64 });

describe('what the soak calls done again', () => {
  it('is nothing when each part is prepared and uploaded once', async () => {
    await finished.look();
    await prepare();
    await finished.look();
    await record(await upload());
    await finished.look();
    // Asked again, the activity leaves what is finished as it is.
    await prepare();
    expect(await finished.redone()).toEqual([]);
  });

  it('is a finished part whose file is made again', async () => {
    await prepare();
    await finished.look('interruption');
    await publishAgain();
    expect(await finished.redone()).toEqual([
      `part 0 of ${preparationId} was prepared 1 times after it was finished`,
    ]);
  });

  it('is a file that TikTok gets after the one that is recorded', async () => {
    await prepare();
    await record(await upload());
    await finished.look('interruption');
    await upload();
    expect(await finished.redone()).toEqual([
      `part 0 of ${activationId} was uploaded 1 times after it was finished`,
    ]);
  });

  it('is no upload whose record was lost, so that it had to be repeated', async () => {
    await prepare();
    await upload();
    await record(await upload());
    expect(await finished.redone()).toEqual([]);
  });

  it('is no attempt that was in flight at an interruption and ends late, once', async () => {
    await prepare();
    await finished.look('interruption');
    await record(await upload());
    await upload();
    expect(await finished.redone()).toEqual([]);
    await upload();
    expect(await finished.redone()).toHaveLength(1);
  });
});
