import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loseAnswers } from '../service/lost-answers.js';
import { startTestStack, type TestStack } from '../service/test-stack.js';

let product: TestStack;
let connectionId: string;
beforeAll(async () => {
  // About three parts a file.
  product = await startTestStack({ PART_BYTES: '3000' });
  await product.admin('PATCH', 'settings', { minimumMatched: 0, processingSeconds: 1 });
  connectionId = await product.connect();
});
afterAll(() => product?.stop());

describe('answers of TikTok that are lost in random places', () => {
  it('leave exactly one audience with exactly the right members, of every run', async () => {
    expect(await loseAnswers(product, connectionId, { seed: 20_260_601, count: 200, atOnce: 10 })).toBe(200);
  }, 3_600_000);
});
