import { describe, expect, it } from 'vitest';
import { CustomerFileError } from '../../src/customer-file/customer-file-error.js';
import { findRecords } from '../../src/customer-file/find-records.js';
import type { Dialect, LocalBytes } from '../../src/customer-file/plan.js';
import { MAX_RECORD_BYTES } from '../../src/customer-file/record-limits.js';
import { type FoundRecords, scanRecords } from '../../src/customer-file/scan-records.js';
import { localUpload } from './local-upload.js';

const DIALECT: Dialect = {
  encoding: 'utf-8',
  delimiter: ',',
  header: false,
  firstRowOffset: 0,
  firstRowLine: 1,
};

type Find = (bytes: LocalBytes, dialect: Dialect) => Promise<FoundRecords>;

async function cameTo(find: Find, bytes: LocalBytes): Promise<number | string> {
  try {
    return (await find(bytes, DIALECT)).checkpoints.rows;
  } catch (error) {
    if (error instanceof CustomerFileError) return `${error.code} on line ${error.line}`;
    throw error;
  }
}

/** A row of so many bytes, line end included. */
function rowOf(bytes: number, quoted: boolean, lineEnd: string): string {
  const marks = quoted ? '"' : '';
  return `${marks}${'x'.repeat(bytes - 2 * marks.length - lineEnd.length)}${marks}${lineEnd}`;
}

describe('a row of about a megabyte', () => {
  const around = [-3, -2, -1, 0, 1, 2, 3];
  it.each<[string, boolean, string]>([
    ['plain', false, '\n'],
    ['plain', false, '\r\n'],
    ['plain', false, '\r'],
    ['quoted', true, '\n'],
    ['quoted', true, '\r\n'],
    ['plain at the end', false, ''],
    ['quoted at the end', true, ''],
  ])(
    '%s (quoted: %s, line end %j) is taken or refused alike by the kernel and by the scanner',
    async (_, quoted, lineEnd) => {
      for (const more of around) {
        const behind = lineEnd === '' ? '' : 'anna@example.com\n';
        const row = rowOf(MAX_RECORD_BYTES + more, quoted, lineEnd);
        const bytes = await localUpload(`ben@example.com\n${row}${behind}`);
        const fast = await cameTo(findRecords, bytes);
        expect(`${more}: ${fast}`).toBe(`${more}: ${await cameTo(scanRecords, bytes)}`);
        if (more < 0) expect(fast).toBe(lineEnd === '' ? 2 : 3);
        if (more > 1) expect(fast).toMatch(/ on line 2$/);
      }
    },
  );

  it('with a quotation mark that is closed behind it is said to have an open one', async () => {
    const bytes = await localUpload(`"${'x'.repeat(MAX_RECORD_BYTES)}"\nanna@example.com\n`);
    await expect(findRecords(bytes, DIALECT)).rejects.toMatchObject({
      code: 'malformed_record',
      message: expect.stringContaining('not closed within 1 MB'),
    });
  });
});
