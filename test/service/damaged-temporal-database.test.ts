import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Activation } from '../../src/api/schemas/activation.js';
import { makePassable } from '../../src/local/data-folder.js';
import { removeThrowAwayFolder } from '../../src/local/throw-away-folder.js';
import { ADVERTISER, customers, startTestStack } from './test-stack.js';

const ROWS = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'activate-audience-damaged-'));
makePassable(folder);
afterAll(() => {
  removeThrowAwayFolder(folder);
});

it("a damaged database of Temporal's dev server is kept aside and said; the rest stays, and what ran is ended and can be retried", async () => {
  const before = await startTestStack({ PART_BYTES: '100000' }, { folder });
  const connectionId = await before.connect();
  await before.admin('PATCH', 'settings', { minimumMatched: 0 });
  const uploadId = await before.upload(customers(ROWS));
  const audience = { action: 'create', name: 'Outlives a damaged file' };
  const { id } = await before.activate({ uploadId, connectionId, advertiserId: ADVERTISER, audience });
  expect((await before.post(`/v1/activations/${id}/pause`)).status).toBe(202);
  await before.until(id, ({ phase }) => phase === 'paused');
  await before.stack.stop();
  for (const ending of ['', '-wal', '-shm']) {
    writeFileSync(
      join(folder, 'temporal', `temporal.db${ending}`),
      'no database at all, but long enough'.repeat(500),
    );
  }

  const after = await startTestStack({ PART_BYTES: '100000' }, { folder });
  try {
    expect(after.said.join('\n')).toMatch(/temporal: cannot use its database.*kept in .*damaged-/);
    const [aside = ''] = readdirSync(join(folder, 'temporal')).filter((name) => name.startsWith('damaged-'));
    expect(readdirSync(join(folder, 'temporal', aside))).toContain('temporal.db');

    const ended = await after.until(id, ({ finishedAt }) => finishedAt !== null);
    expect(ended).toMatchObject({ phase: 'failed', failure: { code: 'terminated' } });
    const answer = await after.post(`/v1/activations/${id}/retry`);
    expect(answer.ok).toBe(true);
    const again = (await answer.json()) as Activation;
    const done = await after.until(again.id, ({ phase }) => phase === 'completed');
    expect(done.progress).toMatchObject({ rowsTotal: ROWS, rowsSent: ROWS });
  } finally {
    await after.stack.stop();
  }
}, 240_000);
