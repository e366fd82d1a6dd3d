import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partKey } from '../../src/activation/object-keys.js';
import { findActivation } from '../../src/database/activations.js';
import { listDeliveries } from '../../src/database/deliveries.js';
import { findPart } from '../../src/database/preparation-parts.js';
import { type ScriptedServer, success } from '../tiktok/scripted-server.js';
import { type LocalActivities, logged } from './local-activities.js';
import { withScriptedTikTok } from './scripted-tiktok.js';

const CONTENT = Array.from({ length: 40 }, (_, n) => `p${n}@example.com\n`).join('');

let server: ScriptedServer;
let local: LocalActivities;
let activationId: string;
let preparationId: string;
beforeAll(async () => {
  ({ server, local } = await withScriptedTikTok());
});
afterAll(() => server.close());
beforeEach(async () => {
  activationId = await local.newRun(CONTENT);
  await local.call(local.activities.splitUpload, { activationId, calculateType: null });
  preparationId = (await findActivation(local.db, activationId))?.preparation_id ?? '';
  server.forget();
  server.reply({ json: success({ file_path: 'first' }) });
});

const prepare = () => local.call(local.activities.preparePart, { activationId, part: 0 });
const upload = () => local.call(local.activities.uploadPart, { activationId, part: 0 });
const part = () => findPart(local.db, preparationId, 0);
const content = () => readFile(join(local.folder, 'objects', partKey(preparationId, 0)));

describe('a worker that dies at a part', () => {
  it('between the publication of the part and its record: the part is made again, and is the same', async () => {
    await prepare();
    const recorded = await part();
    const published = await content();
    await sql`update preparation_parts set prepared_at = null, md5 = null, ledger = null
      where preparation_id = ${preparationId} and part_index = 0`.execute(local.db);

    await prepare();
    expect((await content()).equals(published)).toBe(true);
    expect(await part()).toMatchObject({ md5: recorded?.md5, ledger: recorded?.ledger });
    expect((await part())?.md5).toBe(createHash('md5').update(published).digest('hex'));
  });

  it('between the record of the part and the word to Temporal: nothing is made again', async () => {
    const first = await prepare();
    const recorded = await part();
    expect(await prepare()).toEqual(first);
    expect(await part()).toEqual(recorded);
  });

  it('between the upload of the part and its record: it is uploaded again, and one of the two is delivered', async () => {
    await prepare();
    await upload();
    await sql`delete from deliveries where activation_id = ${activationId}`.execute(local.db);
    server.reply({ json: success({ file_path: 'second' }) });

    await upload();
    expect(server.requests).toHaveLength(2);
    expect(await listDeliveries(local.db, activationId)).toMatchObject([{ file_path: 'second' }]);
  });

  it('between the record of the upload and the word to Temporal: nothing is uploaded again', async () => {
    await prepare();
    await upload();
    await upload();
    expect(server.requests).toHaveLength(1);
    expect(await listDeliveries(local.db, activationId)).toMatchObject([{ file_path: 'first' }]);
  });
});

it('a warning with which TikTok takes a part is logged with its request, and without a value of a row', async () => {
  await prepare();
  const hash = createHash('sha256').update('p1@example.com').digest('hex');
  server.reply({
    json: {
      ...success({ file_path: 'first' }),
      code: 20001,
      message: `Taken in part: p0@example.com and ${hash} are not valid.`,
    },
  });
  const before = logged.length;
  await upload();
  const lines = logged.slice(before).join('');
  expect(lines).toContain('Taken in part: [removed] and [removed] are not valid.');
  const line = logged.slice(before).find((text) => text.includes('Taken in part'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    level: 40,
    part: 0,
    requestId: '2026052619053192C958E205C050714A1F',
  });
  expect(lines).not.toContain('@example.com');
  expect(lines).not.toContain(hash);
  expect(await listDeliveries(local.db, activationId)).toHaveLength(1);
});
