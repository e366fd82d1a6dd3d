import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activation } from '../../src/api/schemas/activation.js';
import type { Inspection } from '../../src/customer-file/inspection.js';
import { expectedOfCustomers } from '../customer-file/brief-oracle.js';
import { zipArchive } from '../customer-file/zip-archive.js';
import { ADVERTISER, type SandboxAudience, startTestStack, type TestStack } from './test-stack.js';

const customers = await readFile(new URL('../../examples/customers.csv', import.meta.url));

let product: TestStack;
let connectionId: string;
beforeAll(async () => {
  product = await startTestStack();
  connectionId = await product.connect();
});
afterAll(() => product?.stop());

function request(uploadId: string, name: string) {
  return { uploadId, connectionId, advertiserId: ADVERTISER, audience: { action: 'create', name } };
}

async function received(name: string): Promise<string> {
  const audiences = await product.admin<SandboxAudience[]>('GET', 'audiences');
  const paths = audiences.find((audience) => audience.name === name)?.file_paths ?? [];
  const files = paths.map(async (path) => (await fetch(`${product.sandbox}/_sandbox/files/${path}`)).text());
  return (await Promise.all(files)).join('');
}

describe('a packed customer file', () => {
  it.each<[string, Uint8Array]>([
    ['gzip', gzipSync(customers)],
    ['zip', zipArchive([{ name: 'customers.csv', content: customers }])],
    ['UTF-16', Buffer.from(`\ufeff${customers.toString()}`, 'utf16le')],
  ])('as %s gives the same inspection and sends the same bytes as the plain one', async (name, content) => {
    const uploadId = await product.upload(content);
    const inspection = () => product.get<Inspection>(`/v1/uploads/${uploadId}/inspection`);
    const plain = await product.get<Inspection>(`/v1/uploads/${await product.upload(customers)}/inspection`);
    expect(await inspection()).toEqual(plain);

    const { id } = await product.activate(request(uploadId, name));
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    expect(await received(name)).toBe(expectedOfCustomers(customers.toString()));
    expect(done.progress.rowsTotal).toBe(5_000);
    // From here on the expanded object is what is inspected.
    expect(await inspection()).toEqual(plain);

    const again = await product.activate(request(uploadId, `${name} again`));
    await product.until(again.id, ({ phase }) => phase === 'completed');
    expect(await received(`${name} again`)).toBe(await received(name));
  });

  it('in a form beside its request is sent as well', async () => {
    const { uploadId: _, ...wanted } = request('', 'Packed in a form');
    const form = new FormData();
    form.append('activation', JSON.stringify(wanted));
    form.append('file', new Blob([gzipSync(customers)]), 'customers.csv.gz');
    const answer = await fetch(`${product.api}/v1/activations`, { method: 'POST', body: form });
    expect(answer.status).toBe(202);
    const { id } = activation.parse(await answer.json());
    const done = await product.until(id, ({ phase }) => phase === 'completed');
    expect(done.progress.rowsTotal).toBe(5_000);
    expect(await received('Packed in a form')).toBe(expectedOfCustomers(customers.toString()));
  });

  it('that is damaged behind its head fails before anything is sent, with a sentence', async () => {
    const rows = Array.from({ length: 150_000 }, (_, n) => `${(n * 7_919) % 999_983}@example.com`);
    const packed = gzipSync(`Email\n${rows.join('\n')}\n`);
    const uploadId = await product.upload(packed.subarray(0, packed.length - 100));
    const { id } = await product.activate(request(uploadId, 'Damaged'));
    const failed = await product.until(id, ({ finishedAt }) => finishedAt !== null);
    expect(failed).toMatchObject({ phase: 'failed', failure: { code: 'damaged_archive' } });
    expect(await received('Damaged')).toBe('');
  });

  it('with several files in it is refused when it is asked for', async () => {
    const files = ['a.csv', 'b.csv'].map((name) => ({ name, content: customers }));
    const uploadId = await product.upload(zipArchive(files));
    const answer = await product.post('/v1/activations', request(uploadId, 'Several'));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'archive_without_one_file' });
  });
});
