import { describe, expect, it } from 'vitest';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import type { OutputLayout } from '../../src/customer-file/output-layout.js';
import { longestLineBytes, rowsPerPart } from '../../src/customer-file/part-size.js';

const EMAILS: OutputLayout = {
  calculateType: 'EMAIL_SHA256',
  fields: [{ column: 0, identifier: 'email', digest: 'sha256', header: 'email_SHA256' }],
};
const DEFAULT = 50_000_000;

function parts(rows: number, partBytes: number, interval = 1) {
  const each = rowsPerPart(rows, interval, EMAILS, partBytes);
  return { count: Math.ceil(rows / each), bytes: each * longestLineBytes(EMAILS), each };
}

describe('the size of parts', () => {
  it('is within the size asked for while that makes fewer than 50 parts, and even', () => {
    const { count, bytes } = parts(2_000_000, DEFAULT);
    expect(count).toBe(3);
    expect(bytes).toBeLessThanOrEqual(DEFAULT);
    expect(parts(2_000_000, DEFAULT).each).toBe(666_667);
  });

  it('grows evenly instead of making 50 parts', () => {
    const { count, bytes } = parts(100_000_000, DEFAULT);
    expect(count).toBe(49);
    expect(bytes).toBeGreaterThan(DEFAULT);
    expect(bytes).toBeLessThanOrEqual(250_000_000);
  });

  it('lets the number of parts grow once they have 250 MB', () => {
    const { count, bytes } = parts(400_000_000, DEFAULT, 4096);
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThanOrEqual(500);
    expect(bytes).toBeLessThanOrEqual(250_000_000);
  });

  it('makes up to 500 parts of a small size that was asked for on purpose', () => {
    expect(parts(450, 65).count).toBe(450);
    expect(parts(200_000, 1_000_000).count).toBe(14);
    expect(parts(2_000, 65).count).toBe(500);
  });

  it('puts at least one row into a part, however small it is to be', () => {
    expect(parts(3, 1).count).toBe(3);
  });

  it('refuses what 500 parts of 250 MB do not hold, with the numbers', () => {
    let thrown: unknown;
    try {
      parts(2_000_000_000, DEFAULT, 16_384);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CustomerFileError);
    expect(thrown).toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('2,000,000,000 rows'),
    });
    expect(thrown).toMatchObject({ message: expect.stringContaining('2 files') });
  });
});
