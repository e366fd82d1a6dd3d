import { expect, it } from 'vitest';
import { describeRejection } from '../../../src/customer-file/identifiers/describe-rejection.js';
import { REJECTION_REASONS } from '../../../src/customer-file/identifiers/rejection-reasons.js';

it.each(REJECTION_REASONS)('%s comes with a sentence and a remedy', (reason) => {
  const { title, remedy } = describeRejection(reason);
  expect(title).toMatch(/\.$/);
  expect(remedy).toMatch(/\.$/);
});
