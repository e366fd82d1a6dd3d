import { describe, expect, it } from 'vitest';
import {
  chooseColumns,
  chooseInclude,
  type RequestedColumns,
} from '../../src/customer-file/choose-columns.js';
import { inspectFile } from '../../src/customer-file/inspect-file.js';
import { localUpload } from './local-upload.js';

async function inspection(content: string) {
  const bytes = await localUpload(content);
  return inspectFile(bytes, bytes.length, { normalization: 'brief-2024' });
}

const SHOP = await inspection(
  'Email,Phone,Phone,Accepts marketing,device\nanna@example.com,+12015550100,+12025550101,yes,x\n',
);

function refusal(requested: RequestedColumns): unknown {
  try {
    return chooseColumns(SHOP, requested);
  } catch (error) {
    return error;
  }
}

describe('the columns to send', () => {
  it('are by default those that are certain or likely', () => {
    expect(chooseColumns(SHOP)).toEqual([
      { index: 0, identifier: 'email' },
      { index: 1, identifier: 'phone' },
      { index: 2, identifier: 'phone' },
    ]);
  });

  it('can be named by header in any case or by index, and come ordered by index', () => {
    expect(
      chooseColumns(SHOP, { '2': { identifier: 'phone', defaultCountry: 'de' }, email: 'email' }),
    ).toEqual([
      { index: 0, identifier: 'email' },
      { index: 2, identifier: 'phone', defaultCountry: 'DE' },
    ]);
  });

  it('must exist', () => {
    expect(refusal({ Mail: 'email' })).toMatchObject({
      code: 'column_not_found',
      message: expect.stringContaining('"Mail"'),
    });
    expect(refusal({ '5': 'email' })).toMatchObject({ code: 'column_not_found' });
  });

  it('are not named back when the name looks like a value', () => {
    const error = refusal({ 'anna@example.com': 'email' });
    expect(error).toMatchObject({ code: 'column_not_found', message: expect.not.stringContaining('anna') });
  });

  it('must be named by index when their header occurs twice, and the message says which', () => {
    expect(refusal({ Phone: 'phone' })).toMatchObject({
      code: 'column_ambiguous',
      message: expect.stringContaining('1 and 2'),
    });
  });

  it('are refused when one is mapped twice, or with a country that does not apply', () => {
    expect(refusal({ Email: 'email', '0': 'email' })).toMatchObject({ code: 'column_invalid', column: 0 });
    expect(refusal({ Email: { identifier: 'email', defaultCountry: 'DE' } })).toMatchObject({
      code: 'column_invalid',
    });
    expect(refusal({ '1': { identifier: 'phone', defaultCountry: 'XX' } })).toMatchObject({
      code: 'column_invalid',
    });
  });

  it('may be three of one identifier and no more', () => {
    expect(chooseColumns(SHOP, { '0': 'email', '1': 'email', '2': 'email' })).toHaveLength(3);
    expect(refusal({ '0': 'email', '1': 'email', '2': 'email', '3': 'email' })).toMatchObject({
      code: 'too_many_columns',
    });
  });

  it('are asked for when nothing is certain', async () => {
    const names = await inspection('Name,City\nAnna,Oslo\n');
    expect(() => chooseColumns(names)).toThrowError(
      expect.objectContaining({ code: 'no_identifier_column' }),
    );
    const hashes = await inspection(`${'a1'.repeat(32)}\n${'b2'.repeat(32)}\n`);
    expect(() => chooseColumns(hashes)).toThrowError(
      expect.objectContaining({ code: 'no_identifier_column', message: expect.stringContaining('index 0') }),
    );
    expect(chooseColumns(hashes, { '0': 'email' })).toEqual([{ index: 0, identifier: 'email' }]);
  });
});

describe('the include filter', () => {
  it('knows its column by index and its values trimmed in lower case', () => {
    expect(chooseInclude(SHOP, [{ column: 'Accepts marketing', values: [' Yes', 'TRUE'] }])).toEqual([
      { column: 3, values: ['yes', 'true'] },
    ]);
  });

  it('must name a column and a value', () => {
    expect(() => chooseInclude(SHOP, [{ column: 'Consent', values: ['yes'] }])).toThrowError(
      expect.objectContaining({ code: 'column_not_found' }),
    );
    expect(() => chooseInclude(SHOP, [{ column: '3', values: [] }])).toThrowError(
      expect.objectContaining({ code: 'column_invalid' }),
    );
  });
});
