import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BERLIN, DMP, emailFile, NEW_YORK, type SandboxClient, signedInSandbox } from './running-sandbox.js';

function page(client: SandboxClient): Promise<string> {
  return fetch(`${client.url}/_sandbox`).then((response) => response.text());
}

/** Sends every form of the page whose action is this one, as a browser without scripts would. */
async function press(
  client: SandboxClient,
  path: string,
  changes: Record<string, string>,
): Promise<Response> {
  return fetch(`${client.url}/_sandbox/${path}`, {
    method: 'POST',
    body: new URLSearchParams(changes),
    redirect: 'manual',
  });
}

describe('the page at /_sandbox', () => {
  it('shows what is there, with names as text', async () => {
    const client = await signedInSandbox();
    const id = await client.create([await client.upload(emailFile(0, 20))], {
      custom_audience_name: '<b>Spring</b>',
      retention_in_days: 30,
    });
    await client.admin('POST', 'clock', { advanceSeconds: 1 });
    await client.post(`${DMP}share/`, {
      advertiser_id: BERLIN,
      custom_audience_ids: [id],
      shared_advertiser_ids: [NEW_YORK],
    });
    await client.update(id, { action: 'REMOVE', file_paths: [await client.upload(emailFile(0, 15))] });
    await client.admin('POST', 'faults', { endpoint: `${DMP}create/`, kind: 'timeout' });
    const { request_id } = await client.get('user/info/');
    const shown = await page(client);
    expect(shown).toContain('&lt;b&gt;Spring&lt;/b&gt;');
    expect(shown).toContain('CREATE 1 (applied)');
    expect(shown).toContain('REMOVE 1 (failed): The operation failed');
    expect(shown).toMatch(/until \d{4}-\d\d-\d\d/);
    expect(shown).toContain('shared with ');
    expect(shown).toContain('timeout');
    expect(shown).toContain(request_id);
    expect(shown).not.toContain(client.token);
    expect(shown).not.toContain('<script');
  });

  it('places and removes faults, moves the clock and changes settings by its forms', async () => {
    const client = await signedInSandbox();
    const placed = await press(client, 'faults', {
      _method: 'POST',
      _back: 'faults',
      kind: 'code',
      endpoint: 'user/info/',
      code: '50002',
      message: 'Later.',
      after: '1',
      times: '2',
      advertiserId: '',
    });
    expect([placed.status, placed.headers.get('location')]).toEqual([303, '/_sandbox#faults']);
    expect(await client.admin('GET', 'faults')).toMatchObject([
      { kind: 'code', code: 50002, after: 1, times: 2, advertiserId: null },
    ]);
    await press(client, 'faults', { _method: 'DELETE' });
    expect(await client.admin('GET', 'faults')).toEqual([]);
    await press(client, 'clock', { advanceSeconds: '3600' });
    expect(await client.admin('GET', 'clock')).toMatchObject({ aheadSeconds: 3600 });
    await press(client, 'settings', {
      _method: 'PATCH',
      rateLimits: 'basic',
      strictStatus: 'true',
      tokenLifetimes: '{"accessSeconds":60}',
    });
    expect(await client.admin('GET', 'settings')).toMatchObject({
      rateLimits: { qps: 10 },
      strictStatus: true,
      tokenLifetimes: { accessSeconds: 60 },
      minimumMatched: 10,
    });
    expect((await press(client, 'settings', { _method: 'PATCH', rateLimits: 'odd' })).status).toBe(400);
  });
});

describe('what is invented', () => {
  it('stands in the docs as it stands in the code', async () => {
    const client = await signedInSandbox();
    const inventions = z
      .array(z.object({ situation: z.string(), value: z.string() }))
      .parse(await client.admin('GET', 'inventions'));
    const docs = await readFile(join(import.meta.dirname, '../../docs/sandbox.md'), 'utf8');
    const rows = inventions.map(({ situation, value }) => `| ${situation} | ${value} |`);
    expect(docs.slice(docs.indexOf('| situation |')).trim().split('\n').slice(2)).toEqual(rows);
  });
});
