import { readdir } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256 } from '../customer-file/brief-oracle.js';
import { CANARIES, canariesIn } from '../support/canaries.js';
import { ADVERTISER, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';
import { everythingWritten } from './written-text.js';

const { name, email, phone, maid } = CANARIES;
const HEADER = 'Name,Email,Phone,MAID,Opt-in\n';
const CANARY_ROW = `${name},${email},${phone},${maid},yes\n`;
const USUAL = Array.from({ length: 1_500 }, (_, n) => `x,p${n}@example.com,,,yes\n`).join('');

let product: TestStack;
let connectionId: string;
beforeAll(async () => {
  product = await startTestStack();
  connectionId = await product.connect();
});
afterAll(() => product?.stop());

/** Every body that the API gave, whatever it was about. */
const answers: string[] = [];

async function ask(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(`${product.api}${path}`, init);
  answers.push(await response.clone().text());
  return response;
}

const request = (uploadId: string, more: object = {}) => ({
  uploadId,
  connectionId,
  advertiserId: ADVERTISER,
  audience: { action: 'create', name: 'Spring buyers' },
  ...more,
});

function post(body: object): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return ask('/v1/activations', { method: 'POST', headers, body: JSON.stringify(body) });
}

/** A run to its end, looked at from every side. */
async function ended(content: string | Uint8Array, more: object = {}): Promise<string> {
  const uploadId = await product.upload(content);
  await ask(`/v1/uploads/${uploadId}/inspection`);
  const { id } = await product.activate(request(uploadId, more));
  const run = await product.until(id, ({ finishedAt }) => finishedAt !== null);
  for (const path of ['', '/parts', '/rejected-rows', '/rejected-rows?format=csv'])
    await ask(`/v1/activations/${id}${path}`);
  answers.push(await (await fetch(`${product.api}/activations/${id}`)).text());
  return run.failure?.code ?? run.phase;
}

it('no value of a customer file leaves it but as a hash, however a run ends', async () => {
  const bad = `${name},${name},2${phone},${maid}x,yes\n`;
  const mapped = { columns: { Email: 'email', Phone: 'phone', MAID: 'maid' } };
  expect(await ended(HEADER + USUAL + CANARY_ROW + bad)).toBe('completed');
  expect(await ended(gzipSync(HEADER + USUAL + CANARY_ROW))).toBe('completed');
  expect(await ended(HEADER + bad.repeat(50) + CANARY_ROW, mapped)).toBe('rejected_row_limit');
  expect(await ended(`${HEADER}${CANARY_ROW.repeat(6_000)}"${name}\n${CANARY_ROW}`)).toBe('malformed_record');
  const scattered = Array.from(
    { length: 60_000 },
    (_, n) => `${name},${(n * 7_919) % 999_983}${email},,,yes\n`,
  );
  const cut = gzipSync(HEADER + scattered.join(''));
  expect(await ended(cut.subarray(0, -100))).toBe('damaged_archive');
  const excluded = { include: [{ column: 'Opt-in', values: ['no'] }] };
  expect(await ended(HEADER + CANARY_ROW.repeat(5), excluded)).toBe('nothing_to_send');

  for (const content of [`\0${CANARY_ROW}`, `Email\n"${email}\n`, `${name}\n`, `Note\n${name}\n`]) {
    const uploadId = await product.upload(content);
    await ask(`/v1/uploads/${uploadId}/inspection`);
    expect((await post(request(uploadId))).status).toBe(422);
  }
  const uploadId = await product.upload(CANARY_ROW.repeat(3));
  const named = await post(request(uploadId, { columns: { [email]: 'email' } }));
  expect(named.status).toBe(422);
  await ask('/v1/activations?limit=100');
  await ask('/v1/uploads?limit=100');

  expect(answers.length).toBeGreaterThan(30);
  expect(canariesIn(answers.join('\n'))).toEqual([]);
});

it('and neither value nor hash is in the database, in Temporal, in a log or in the name of an object', async () => {
  const written = await everythingWritten(product);
  expect(written).toContain('rejected_row_limit');
  expect(canariesIn(written)).toEqual([]);
  for (const value of ['kanarienvogel@example.com', phone, maid])
    expect(written).not.toContain(sha256(value));
  const names = await readdir(product.folder, { recursive: true });
  expect(canariesIn(names.join('\n'))).toEqual([]);
});

it('while TikTok received them hashed', async () => {
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  const paths = audiences.flatMap((audience) => audience.file_paths);
  const files = await Promise.all(
    paths.map(async (path) => (await fetch(`${product.sandbox}/_sandbox/files/${path}`)).text()),
  );
  const received = files.join('\n');
  expect(received).toContain(sha256('kanarienvogel@example.com'));
  expect(canariesIn(received)).toEqual([]);
});
