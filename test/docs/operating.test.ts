import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIVATION_FAILURES } from '../../src/activities/activation-failure.js';
import { CUSTOMER_FILE_ERROR_CODES } from '../../src/customer-file/customer-file-error.js';
import { describeRejection } from '../../src/customer-file/identifiers/describe-rejection.js';
import { REJECTION_REASONS } from '../../src/customer-file/identifiers/rejection-reasons.js';

const TEXT = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
const rowsOf = (code: string) => TEXT.split('\n').filter((line) => line.startsWith(`| \`${code}\` |`));

it.each(REJECTION_REASONS)('operating.md has the sentence and the remedy of the reason %s', (reason) => {
  const { title, remedy } = describeRejection(reason);
  expect(rowsOf(reason)).toEqual([`| \`${reason}\` | ${title} | ${remedy} |`]);
});

it.each(Object.entries(ACTIVATION_FAILURES))('operating.md says what to do about %s', (code, help) => {
  expect(rowsOf(code)).toEqual([`| \`${code}\` | ${help} |`]);
});

it.each(CUSTOMER_FILE_ERROR_CODES)('operating.md says when a file is refused with %s', (code) => {
  expect(rowsOf(code)).toHaveLength(1);
});
