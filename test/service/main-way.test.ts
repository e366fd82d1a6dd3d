import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { expectedOfCustomers } from '../customer-file/brief-oracle.js';
import { ADVERTISER, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';
import { everythingWritten } from './written-text.js';

const example = (name: string) => readFile(new URL(`../../examples/${name}`, import.meta.url));

let product: TestStack;
let connectionId: string;
beforeAll(async () => {
  product = await startTestStack();
  connectionId = await product.connect();
});
afterAll(() => product?.stop());

async function activate(name: string, request: object = {}): Promise<Activation> {
  const { id } = await product.activate({
    uploadId: await product.upload(await example(name)),
    connectionId,
    advertiserId: ADVERTISER,
    audience: { action: 'create', name },
    ...request,
  });
  return product.until(id, ({ phase }) => phase === 'completed');
}

async function audienceNamed(name: string): Promise<SandboxAudience> {
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  const [audience, ...others] = audiences.filter((one) => one.name === name);
  if (audience === undefined || others.length > 0)
    throw new Error(`there are ${others.length} others of ${name}`);
  return audience;
}

async function received(audience: SandboxAudience): Promise<string> {
  const files = audience.file_paths.map(async (path) =>
    (await fetch(`${product.sandbox}/_sandbox/files/${path}`)).text(),
  );
  return (await Promise.all(files)).join('');
}

describe('a customer file becomes an audience', () => {
  it('sends exactly the bytes that the brief gives for examples/customers.csv, and every row is accounted for', async () => {
    const done = await activate('customers.csv');
    const audience = await audienceNamed('customers.csv');
    expect(await received(audience)).toBe(expectedOfCustomers((await example('customers.csv')).toString()));

    expect(audience).toMatchObject({ state: 'ready', audience_id: done.audience.id });
    expect(done.audience).toMatchObject({ state: 'ready', matched: audience.matched });
    expect(audience.matched).toBeGreaterThan(3_000);
    const { rowsTotal, rowsRead, rowsSent, rowsRejected, rowsExcluded, rowsBlank } = done.progress;
    expect(rowsTotal).toBe(5_000);
    expect(rowsRead).toBe(rowsTotal);
    expect(rowsSent + rowsRejected + rowsExcluded + rowsBlank).toBe(rowsRead);
    for (const counts of Object.values(done.identifiers)) {
      const rejected = Object.values(counts.rejected).reduce((sum, count) => sum + count, 0);
      expect(counts.sent + counts.empty + rejected).toBe(counts.cells);
    }
    expect(done.distinctEstimate / rowsSent).toBeCloseTo(1, 1);
  });

  it('leaves out the rows without consent, and counts them', async () => {
    const done = await activate('customers.csv', {
      audience: { action: 'create', name: 'With consent' },
      include: [{ column: 'Accepts marketing', values: ['YES'] }],
    });
    const { rowsSent, rowsExcluded, rowsRead, rowsRejected, rowsBlank } = done.progress;
    expect(rowsExcluded).toBeGreaterThan(0);
    expect(rowsSent + rowsRejected + rowsExcluded + rowsBlank).toBe(rowsRead);
  });

  it('reads a file without header whose first line is a hash', async () => {
    const done = await activate('emails-without-header.csv');
    expect(done.progress.rowsTotal).toBe(2_000);
    expect(done.identifiers.email?.prehashed).toBeGreaterThan(0);
    expect((await received(await audienceNamed('emails-without-header.csv'))).slice(0, 64)).toBe(
      (await example('emails-without-header.csv')).toString().slice(0, 64),
    );
  });

  it('sends hashes of a file with several identifiers as they are', async () => {
    const done = await activate('hashed-multi-id.csv');
    expect(done.identifiers.email?.prehashed).toBe(done.identifiers.email?.sent);
    expect((await received(await audienceNamed('hashed-multi-id.csv'))).split('\n')[0]).toBe(
      'email_SHA256,phone_SHA256,MAID_SHA256',
    );
  });

  it('appends to an audience and replaces one only when its present size was confirmed', async () => {
    const { audience_id: audienceId } = await audienceNamed('customers.csv');
    const appended = await activate('hashed-multi-id.csv', { audience: { action: 'append', audienceId } });
    const size = appended.audience.matched;
    expect(size).toBeGreaterThan(3_000);

    const { id } = await product.activate({
      uploadId: await product.upload(await example('customers.csv')),
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'replace', audienceId, confirmCurrentSize: 1 },
    });
    const refused = await product.until(id, ({ finishedAt }) => finishedAt !== null);
    expect(refused).toMatchObject({ phase: 'failed', failure: { code: 'audience_size_changed' } });
    expect((await audienceNamed('customers.csv')).matched).toBe(size);

    const replaced = await activate('customers.csv', {
      audience: { action: 'replace', audienceId, confirmCurrentSize: size },
    });
    expect(replaced.audience.id).toBe(audienceId);
  });

  it('stops a file with too many bad rows before anything is published, and lists the rows', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => (row % 2 === 0 ? `p${row}@example.com` : 'nobody'));
    const { id } = await product.activate({
      uploadId: await product.upload(`email\n${rows.join('\n')}\n`),
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Half bad' },
    });
    const failed = await product.until(id, ({ finishedAt }) => finishedAt !== null);
    expect(failed).toMatchObject({ phase: 'failed', failure: { code: 'rejected_row_limit' } });
    expect(failed.failure?.detail).toContain('50 of 100 e-mail cells: no @ sign');
    expect(failed.failure?.detail).toContain('Likely cause: Column 1 does not look like e-mail addresses');
    const list = await (await fetch(`${product.api}/v1/activations/${id}/rejected-rows?format=csv`)).text();
    expect(list.trim().split('\n')).toHaveLength(51);
    expect(list).not.toContain('nobody');
    const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
    expect(audiences.some(({ name }) => name.startsWith('Half bad'))).toBe(false);
  });
});

describe('after all these runs', () => {
  it('staged parts are left of failed runs only, for a retry', async () => {
    const objects = join(product.folder, 'objects', 'objects');
    expect(await readdir(objects)).toContain('uploads');
    const client = new pg.Client({ connectionString: product.stack.addresses.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ id: string }>(
      "select preparation_id as id from activations where phase = 'failed'",
    );
    await client.end();
    const failed = rows.map(({ id }) => id);
    const left = await readdir(join(objects, 'parts')).catch(() => []);
    expect(left.filter((preparation) => !failed.includes(preparation))).toEqual([]);
  });

  it('no value of a row is in the database, in Temporal’s histories or in a log', async () => {
    const values = (await example('customers.csv')).toString().match(/[\w.+-]+@example\.\w+/g) ?? [];
    expect(values.length).toBeGreaterThan(3_000);
    const written = (await everythingWritten(product)).toLowerCase();
    expect(written.length).toBeGreaterThan(10_000);
    expect(values.filter((value) => written.includes(value.toLowerCase()))).toEqual([]);
  });
});
