import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVERTISER, customers, startTestStack, type TestStack } from '../service/test-stack.js';
import { launchChromium } from './chromium.js';
import { WebUi } from './web-ui.js';

let product: TestStack;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
  product = await startTestStack();
  await product.admin('PATCH', 'settings', { minimumMatched: 0, processingSeconds: 1 });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

describe('the page of a run that asks a person', () => {
  it('tells the question and how to answer; the answer can be given in Temporal’s Web UI, and the page tells the end', async () => {
    const connectionId = await product.connect();
    const uploadId = await product.upload(`${customers(90)}${'no address\n'.repeat(10)}`);
    const { id } = await product.activate({
      uploadId,
      connectionId,
      advertiserId: ADVERTISER,
      audience: { action: 'create', name: 'Asked' },
      rejectedRowLimit: { percent: 5, onExceeded: 'ask' },
    });
    await product.until(id, ({ phase }) => phase === 'waiting_for_approval');

    await page.goto(`${product.api}/activations/${id}`);
    const shown = await page.innerText('body');
    expect(shown).toContain('The run waits for an answer');
    expect(shown).toContain('More rows are rejected than the limit allows. 10 of 100 rows');
    expect(shown).toContain('Approve to publish the 90 others; or reject, and nothing is published.');
    expect(shown).toContain(`npm run activate -- approve ${id}`);
    expect(shown).not.toContain('no address');

    const { temporalUi } = product.stack.addresses;
    if (temporalUi === null) throw new Error('the stack has no Temporal Web UI');
    const link = page.getByRole('link', { name: 'The run in Temporal' });
    expect(await link.getAttribute('href')).toContain(id);
    const ui = new WebUi(await browser.newPage({ viewport: { width: 1400, height: 1000 } }), temporalUi);
    await ui.openRun(id);
    await ui.shows(/Waiting for approve or reject until \d{4}-\d\d-\d\d \d\d:\d\d UTC, then given up/);
    await ui.sendSignal('approve');
    await product.until(id, ({ phase }) => phase === 'completed');

    await page.reload();
    expect(await page.innerText('body')).toContain('The run is completed');
  }, 180_000);
});
