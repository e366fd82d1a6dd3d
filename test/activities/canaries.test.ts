import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { rejectedPrefix } from '../../src/activation/object-keys.js';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { preparePart } from '../../src/customer-file/prepare-part.js';
import { splitUpload } from '../../src/customer-file/split-upload.js';
import { findActivation } from '../../src/database/activations.js';
import { type ObjectStore, StorageError } from '../../src/storage/object-store.js';
import { CANARIES, canariesIn } from '../support/canaries.js';
import { databaseText } from '../support/database-text.js';
import { type LocalActivities, localActivities, logged } from './local-activities.js';

const { name, email, phone } = CANARIES;
const ROWS = `Name,Email,Phone\n${`${name},${email},${phone}\n`.repeat(40)}`;

/** What the store and the engine answer next instead of working. */
const broken: { store: unknown; engine: unknown } = { store: null, engine: null };
let local: LocalActivities;
beforeAll(async () => {
  local = await localActivities({
    engine: {
      splitUpload,
      preparePart: async (work, options) => {
        if (broken.engine !== null) throw broken.engine;
        return preparePart(work, options);
      },
    },
  });
  const { store } = local;
  const materialise = store.materialise.bind(store);
  Object.assign(store, {
    materialise: async (...asked: Parameters<ObjectStore['materialise']>) => {
      if (broken.store !== null) throw broken.store;
      return materialise(...asked);
    },
  });
});

/** A run as far as it comes, and in which words it failed. */
async function failureOf(activationId: string): Promise<string> {
  const { activities, call } = local;
  try {
    await call(activities.inspectUpload, { activationId });
    const { parts } = await call(activities.splitUpload, { activationId, calculateType: null });
    for (let part = 0; part < parts; part++) await call(activities.preparePart, { activationId, part });
    await call(activities.closeLedger, { activationId });
    return '';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${'type' in error ? error.type : ''} ${error.stack}`;
  }
}

it.each<[string, string | Uint8Array, string]>([
  ['open quotation marks', `${ROWS}"${name},${email}\n`, 'malformed_record'],
  ['a row without end', `${ROWS}${name.repeat(100_000)}\n`, 'record_too_large'],
  ['a header alone', 'Email\n', 'no_rows'],
  ['binary data', `\0${ROWS}`, 'not_text'],
  ['a damaged archive', gzipSync(ROWS).subarray(0, 80), 'damaged_archive'],
  ['half a character', Buffer.from(`\ufeff${ROWS}`, 'utf16le').subarray(0, -1), 'damaged_encoding'],
])('a run over a file with %s fails without a word of it', async (_, content, type) => {
  const failure = await failureOf(await local.newRun(content));
  expect(failure).toContain(type);
  expect(canariesIn(failure)).toEqual([]);
});

it('a run over its limit of rejected rows explains itself without a word of them', async () => {
  const rows = `Name,Email\n${`${name},${name} ${phone}\n`.repeat(50)}`;
  const request = { columns: { '1': 'email' as const }, rejectedRowPercent: 10 };
  const activationId = await local.newRun(rows, request);
  const failure = await failureOf(activationId);
  expect(failure).toContain('rejected_row_limit');
  expect(failure).toContain('Likely cause');
  expect(canariesIn(failure)).toEqual([]);

  const { preparation_id: preparationId } = (await findActivation(local.db, activationId)) ?? {};
  let listed = '';
  for await (const { key } of local.store.list(rejectedPrefix(preparationId ?? ''))) {
    for await (const chunk of await local.store.read(key)) listed += String(chunk);
  }
  expect(listed).toContain('no_at_sign');
  expect(canariesIn(listed)).toEqual([]);
});

it.each([
  ['is full', new StorageError('full', 'No space is left.'), 'storage_full'],
  ['is out of reach', new StorageError('unavailable', 'The storage is out of reach.'), 'storage_unavailable'],
  ['lacks the upload', new StorageError('not_found', 'There is no such object'), 'storage_not_found'],
])('a storage that %s is reported without a word of the file', async (_, error, type) => {
  const activationId = await local.newRun(ROWS);
  broken.store = error;
  const failure = await failureOf(activationId);
  broken.store = null;
  expect(failure).toContain(type);
  expect(canariesIn(failure)).toEqual([]);
});

const withCode = (code: string) =>
  Object.assign(new Error(`Got "${email}"`), { code, record: [name, email] });

it.each([
  ['of the language', new TypeError(`Cannot use ${email}`)],
  ['of a JSON parser', syntaxError()],
  ['of Node', withCode('ERR_INVALID_ARG_VALUE')],
  ['of the CSV parser', withCode('CSV_INVALID_CLOSING_QUOTE')],
  [
    'with such a cause',
    new Error('The thread ended early.', { cause: new RangeError(`${name} is too long`) }),
  ],
])('an error %s that quotes a value is reported and logged without it', async (_, error) => {
  const activationId = await local.newRun(ROWS);
  broken.engine = error;
  const failure = await failureOf(activationId);
  broken.engine = null;
  expect(failure).toContain('unexpected');
  expect(canariesIn(failure)).toEqual([]);
});

function syntaxError(): unknown {
  try {
    return JSON.parse(`${name} ${email}`);
  } catch (error) {
    return error;
  }
}

it('what the engine refuses is no unknown error', async () => {
  const activationId = await local.newRun(ROWS);
  broken.engine = new CustomerFileError('malformed_record', 'Line 3 is malformed.', { line: 3 });
  const failure = await failureOf(activationId);
  broken.engine = null;
  expect(failure).toContain('malformed_record');
});

it('and after all these failures no value is in the database, in the log or in the name of an object', async () => {
  expect(await failureOf(await local.newRun(ROWS))).toBe('');
  const lines = logged.join('');
  expect(lines).toContain('unexpected error');
  expect(canariesIn(lines)).toEqual([]);
  expect(canariesIn(await databaseText(local.databaseUrl))).toEqual([]);
  const keys: string[] = [];
  for await (const { key } of local.store.list('')) keys.push(key);
  expect(keys.length).toBeGreaterThan(10);
  expect(canariesIn(keys.join('\n'))).toEqual([]);
});
