import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import type { FormActivationRequest } from '../../src/api/schemas/activation-request.js';
import { upload } from '../../src/api/schemas/upload.js';
import { CUSTOMERS, countActivations, readyToActivate } from './support/activation-fixtures.js';
import { type Answer, problemOf, until } from './support/api-caller.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let wanted: FormActivationRequest;
beforeAll(async () => {
  api = await runApi({ maxUploadBytes: 1_000_000 });
  const { uploadId, ...rest } = await readyToActivate(api);
  await api.tus('DELETE', `/v1/uploads/${uploadId}`);
  wanted = rest;
});
afterAll(() => api.stop());

type Part = readonly ['activation' | 'surprise', string] | readonly ['file', string];

function send(parts: readonly Part[], headers: Record<string, string> = {}): Promise<Answer> {
  const form = new FormData();
  for (const [name, content] of parts) {
    if (name === 'file') form.append(name, new Blob([content]), 'kunden-größe.csv');
    else form.append(name, content);
  }
  return api.call('/v1/activations', { method: 'POST', body: form, headers });
}

async function uploads(): Promise<string[]> {
  return readdir(join(api.folder, 'objects', 'uploads')).catch(() => []);
}

async function expectNothingLeft(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, problemOf(answer).code]).toEqual([status, code]);
  expect(await uploads()).toEqual(keptBefore);
  expect((await readdir(join(api.folder, 'scratch'))).length).toBe(0);
}

let keptBefore: string[] = [];

it.each([
  [
    'before',
    [
      ['activation', ''],
      ['file', CUSTOMERS],
    ],
  ],
  [
    'behind',
    [
      ['file', CUSTOMERS],
      ['activation', ''],
    ],
  ],
] as const)('a form with the JSON %s the file starts a run on that file', async (_name, parts) => {
  const answer = await send(
    parts.map(
      ([name, content]): Part => (name === 'file' ? [name, content] : [name, JSON.stringify(wanted)]),
    ),
  );
  expect(answer.status).toBe(202);
  const accepted = activation.parse(answer.body);
  const stored = upload.parse((await api.get(`/v1/uploads/${accepted.uploadId}`)).body);
  expect(stored).toMatchObject({ complete: true, size: CUSTOMERS.length, filename: 'kunden-größe.csv' });
  expect(stored.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(api.runs.started.at(-1)?.input.activationId).toBe(accepted.id);
});

it('the same key and form again give the same activation, and the second file is dropped', async () => {
  const parts: Part[] = [
    ['file', CUSTOMERS],
    ['activation', JSON.stringify(wanted)],
  ];
  const key = { 'idempotency-key': 'form-1' };
  const first = activation.parse((await send(parts, key)).body);
  const count = await countActivations(api);
  const kept = await uploads();
  const answers = await Promise.all([send(parts, key), send(parts, key), send(parts, key)]);
  for (const { body } of answers) expect(activation.parse(body).id).toBe(first.id);
  expect(await countActivations(api)).toBe(count);
  expect((await uploads()).sort()).toEqual(kept.sort());

  const otherFile = await send(
    [
      ['file', `${CUSTOMERS}x@example.com,yes\n`],
      ['activation', JSON.stringify(wanted)],
    ],
    key,
  );
  expect(problemOf(otherFile).code).toBe('idempotency_key_reused');
  expect((await uploads()).sort()).toEqual(kept.sort());
});

it('of forms with one key at the same moment one activation and one file remain', async () => {
  const kept = (await uploads()).length;
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      send(
        [
          ['activation', JSON.stringify(wanted)],
          ['file', CUSTOMERS],
        ],
        { 'idempotency-key': 'form-2' },
      ),
    ),
  );
  expect(new Set(answers.map(({ body }) => activation.parse(body).id)).size).toBe(1);
  expect((await uploads()).length).toBe(kept + 1);
});

/** Sends the file in pieces, each after the time in which the API notes how far it is. */
function sendSlowly(pieces: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const form = request(`${api.url}/v1/activations`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    form.on('error', reject);
    form.on('response', (answer) => resolve(answer.resume().statusCode));
    form.write(
      `--x\r\ncontent-disposition: form-data; name="activation"\r\n\r\n${JSON.stringify(wanted)}\r\n`,
    );
    form.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n');
    void (async () => {
      for (const piece of pieces) {
        form.write(piece);
        await delay(2_100);
      }
      form.end('\r\n--x--\r\n');
    })();
  });
}

it('a form goes on while it cannot be noted how far it is', async () => {
  await sql`create function refuse_note() returns trigger language plpgsql as
    $$ begin raise exception 'the database is restarting'; end $$`.execute(api.db);
  await sql`create trigger refuse_note before update on uploads for each row
    when (new.received is distinct from old.received and new.completed_at is null)
    execute function refuse_note()`.execute(api.db);
  try {
    expect(await sendSlowly([CUSTOMERS, 'b@example.com,yes\n', 'c@example.com,yes\n'])).toBe(202);
  } finally {
    await sql`drop trigger refuse_note on uploads`.execute(api.db);
  }
  const warned = api.log.filter((line) => line.includes('the progress of an upload was not recorded'));
  expect(warned.length).toBeGreaterThan(0);
});

it('a refused form leaves nothing behind', async () => {
  keptBefore = await uploads();
  const json = JSON.stringify(wanted);
  await expectNothingLeft(await send([['file', CUSTOMERS]]), 400, 'malformed_form');
  await expectNothingLeft(await send([['activation', json]]), 400, 'malformed_form');
  await expectNothingLeft(
    await send([
      ['file', CUSTOMERS],
      ['activation', '{'],
    ]),
    400,
    'malformed_json',
  );
  await expectNothingLeft(
    await send([
      ['activation', '{}'],
      ['file', CUSTOMERS],
    ]),
    422,
    'invalid_request',
  );
  await expectNothingLeft(
    await send([
      ['file', CUSTOMERS],
      ['surprise', 'x'],
      ['activation', json],
    ]),
    400,
    'malformed_form',
  );
  await expectNothingLeft(
    await send([
      ['file', CUSTOMERS],
      ['file', CUSTOMERS],
      ['activation', json],
    ]),
    400,
    'malformed_form',
  );
  const unknown = JSON.stringify({ ...wanted, connectionId: 'con_none' });
  await expectNothingLeft(
    await send([
      ['file', CUSTOMERS],
      ['activation', unknown],
    ]),
    422,
    'unknown_connection',
  );
  await expectNothingLeft(
    await send([
      ['file', ''],
      ['activation', json],
    ]),
    422,
    'empty_file',
  );
  const large = 'anna.adler.0@example.com\n'.repeat(50_000);
  await expectNothingLeft(
    await send([
      ['file', large],
      ['activation', json],
    ]),
    413,
    'upload_too_large',
  );
  await expectNothingLeft(
    await api.call('/v1/activations', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nanna',
    }),
    400,
    'malformed_form',
  );
  await expectNothingLeft(
    await api.call('/v1/activations', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data' },
      body: 'x',
    }),
    400,
    'malformed_form',
  );
});

const part = (header: string, content: string) => `--x\r\n${header}\r\n\r\n${content}\r\n`;
const field = (name: string, content: string) =>
  part(`content-disposition: form-data; name="${name}"`, content);
const file = (content: string) =>
  part('content-disposition: form-data; name="file"; filename="a.csv"', content);

it.each([
  ['parts without headers', `${part('', 'a')}${part('', 'b')}`, 400, 'malformed_form'],
  ['a part without a name', part('content-disposition: form-data', 'a'), 400, 'malformed_form'],
  [
    'a file without a name',
    part('content-disposition: form-data; filename="a.csv"', 'a'),
    400,
    'malformed_form',
  ],
  // Far more than a connection brings at once: the file begins with the refused field, and ends later.
  [
    'a bad field before its file',
    `${field('activation', '{}')}${file('a\n'.repeat(200_000))}`,
    422,
    'invalid_request',
  ],
  [
    'a strange field before its file',
    `${field('surprise', 'x')}${file('a\n'.repeat(200_000))}`,
    400,
    'malformed_form',
  ],
])('a form with %s is refused, and nothing is left of it', async (_what, body, status, code) => {
  keptBefore = await uploads();
  const listed = (await api.get('/v1/uploads')).body;
  const answer = await api.call('/v1/activations', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: `${body}--x--\r\n`,
  });
  await expectNothingLeft(answer, status, code);
  expect((await api.get('/v1/uploads')).body).toEqual(listed);
});

it('a form whose connection breaks leaves nothing behind', async () => {
  const kept = await uploads();
  const listed = async () => (await api.get('/v1/uploads')).body;
  const before = await listed();
  const sent = request(`${api.url}/v1/activations`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 900_000 },
  });
  sent.on('error', () => undefined);
  sent.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n');
  sent.write('anna.adler.0@example.com\n'.repeat(10_000));
  await until(async () => JSON.stringify(await listed()) !== JSON.stringify(before));
  sent.destroy();
  await until(async () => JSON.stringify(await listed()) === JSON.stringify(before));
  expect(await uploads()).toEqual(kept);
  expect(await readdir(join(api.folder, 'scratch'))).toEqual([]);
});
