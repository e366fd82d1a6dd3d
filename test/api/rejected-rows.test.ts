import { mkdir, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Activation, activation } from '../../src/api/schemas/activation.js';
import type { ActivationRequest } from '../../src/api/schemas/activation-request.js';
import { rejectedRow } from '../../src/api/schemas/rejected-row.js';
import { readyToActivate } from './support/activation-fixtures.js';
import { problemOf, until } from './support/api-caller.js';
import { prepareRun } from './support/prepared-run.js';
import { type RunningApi, runApi } from './support/running-api.js';

let api: RunningApi;
let request: ActivationRequest;
beforeAll(async () => {
  api = await runApi();
  request = await readyToActivate(api);
});
afterAll(() => api.stop());

async function start(): Promise<Activation> {
  return activation.parse(
    (await api.post('/v1/activations', { ...request, columns: { '0': 'email' } })).body,
  );
}

/** Of this process, which is the API's too. */
async function openFiles(): Promise<string[]> {
  const open = await readdir('/proc/self/fd');
  return Promise.all(open.map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => '')));
}

it('a run gives its rejected rows as JSON and as CSV, with the identifier and without any value', async () => {
  const { id } = await start();
  const path = `/v1/activations/${id}/rejected-rows`;
  expect((await api.get(path)).body).toEqual({ data: [], nextCursor: null });
  const preparationId = await prepareRun(api.db, id);
  const folder = join(api.folder, 'objects', 'rejected', preparationId);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '0.csv'), '3,0,no_at_sign\n7,,no_identifier\n');
  const many = Array.from({ length: 1_200 }, (_, index) => `${index + 100},0,invalid_email\n`).join('');
  await writeFile(join(folder, '1.csv'), many);

  const { data } = z.object({ data: z.array(rejectedRow) }).parse((await api.get(path)).body);
  expect(data.slice(0, 3)).toEqual([
    { line: 3, column: 0, identifier: 'email', reason: 'no_at_sign' },
    { line: 7, column: null, identifier: null, reason: 'no_identifier' },
    { line: 100, column: 0, identifier: 'email', reason: 'invalid_email' },
  ]);
  expect(data.length).toBe(1_202);

  const csv = await api.get(`${path}?format=csv`);
  expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(csv.text.split('\n').slice(0, 4)).toEqual([
    'line,column,identifier,reason',
    '3,0,email,no_at_sign',
    '7,,,no_identifier',
    '100,0,email,invalid_email',
  ]);
  expect((await api.get(`${path}?format=xml`)).status).toBe(400);

  await rm(join(folder, '1.csv'));
  expect(problemOf(await api.get(path))).toMatchObject({ status: 410, code: 'rejected_rows_gone' });
});

it.runIf(process.platform === 'linux')(
  'the list of rejected rows is closed when whoever asked has gone before the end',
  async () => {
    const { id } = await start();
    const folder = join(api.folder, 'objects', 'rejected', await prepareRun(api.db, id));
    await mkdir(folder, { recursive: true });
    const lines = '100,0,invalid_email\n'.repeat(500_000);
    for (const name of ['0.csv', '1.csv']) await writeFile(join(folder, name), lines);

    const leaving = new AbortController();
    const answer = await fetch(`${api.url}/v1/activations/${id}/rejected-rows?format=csv`, {
      signal: leaving.signal,
    });
    expect((await answer.body?.getReader().read())?.value?.length).toBeGreaterThan(0);
    // The line of the names is sent before the list is opened.
    await until(async () => (await openFiles()).includes(join(folder, '0.csv')));
    leaving.abort();
    await until(async () => !(await openFiles()).some((file) => file.startsWith(folder)));
  },
);
