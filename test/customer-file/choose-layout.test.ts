import { describe, expect, it } from 'vitest';
import { chooseLayout } from '../../src/customer-file/choose-layout.js';
import type { Identifier } from '../../src/customer-file/identifiers/identifier.js';
import type { ColumnForm } from '../../src/customer-file/inspection.js';
import type { CalculateType } from '../../src/customer-file/output-layout.js';
import type { IdentifierColumn } from '../../src/customer-file/plan.js';

function columns(...identifiers: Identifier[]): IdentifierColumn[] {
  return identifiers.map((identifier, index) => ({ index, identifier }));
}

function layout(identifiers: Identifier[], forms: ColumnForm[], target: CalculateType | null = null) {
  const { calculateType, fields } = chooseLayout(columns(...identifiers), forms, target);
  return { calculateType, headers: fields.map((field) => field.header) };
}

describe('the layout of a new audience', () => {
  it.each<[Identifier, ColumnForm, CalculateType]>([
    ['email', 'mixed', 'EMAIL_SHA256'],
    ['phone', 'plain', 'PHONE_SHA256'],
    ['maid', 'plain', 'FIRST_SHA256'],
    ['maid', 'sha256', 'FIRST_SHA256'],
    ['maid', 'md5', 'FIRST_MD5'],
    ['email', 'md5', 'EMAIL_SHA256'],
  ])('of one %s column (%s) is %s', (identifier, form, calculateType) => {
    expect(layout([identifier], [form]).calculateType).toBe(calculateType);
  });

  it('of several columns is MULTIPLE_TYPES with their headers in order, never a plain MAID', () => {
    expect(layout(['maid', 'email', 'phone'], ['plain', 'plain', 'plain'])).toEqual({
      calculateType: 'MULTIPLE_TYPES',
      headers: ['MAID_SHA256', 'email_SHA256', 'phone_SHA256'],
    });
    expect(layout(['email', 'maid'], ['plain', 'md5']).headers).toEqual(['email_SHA256', 'MAID_MD5']);
  });

  it('repeats the header of two columns of one identifier', () => {
    expect(layout(['email', 'email'], ['plain', 'plain'])).toEqual({
      calculateType: 'MULTIPLE_TYPES',
      headers: ['email_SHA256', 'email_SHA256'],
    });
  });
});

describe('the layout for an existing audience', () => {
  it('is the audience’s', () => {
    expect(layout(['email'], ['plain'], 'MULTIPLE_TYPES')).toEqual({
      calculateType: 'MULTIPLE_TYPES',
      headers: ['email_SHA256'],
    });
    expect(layout(['maid'], ['plain'], 'IDFA_MD5')).toEqual({
      calculateType: 'IDFA_MD5',
      headers: ['MAID_MD5'],
    });
    expect(layout(['maid'], ['sha256'], 'GAID_SHA256').calculateType).toBe('GAID_SHA256');
  });

  it.each<[Identifier[], ColumnForm[], CalculateType]>([
    [['phone'], ['plain'], 'EMAIL_SHA256'],
    [['email', 'phone'], ['plain', 'plain'], 'EMAIL_SHA256'],
    [['email', 'email'], ['plain', 'plain'], 'EMAIL_SHA256'],
    [['maid'], ['md5'], 'FIRST_SHA256'],
    [['maid'], ['sha256'], 'GAID_MD5'],
  ])('is refused for %j (%j) into %s', (identifiers, forms, target) => {
    expect(() => layout(identifiers, forms, target)).toThrowError(
      expect.objectContaining({ code: 'identifiers_do_not_fit_audience' }),
    );
  });
});
