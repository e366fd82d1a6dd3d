import { describe, expect, it } from 'vitest';
import { isAboutSomethingElse, recogniseHeader } from '../../../src/customer-file/identifiers/headers.js';
import { looksLikeValue } from '../../../src/customer-file/identifiers/looks-like-value.js';

describe('headers of the files that people export', () => {
  it.each([
    ['Email', 'email'],
    ['Email_SHA256', 'email'],
    ['Email_SHA 256', 'email'],
    ['email_hash', 'email'],
    ['E-Mail-Adresse', 'email'],
    ['Email Address', 'email'],
    ['Email 1', 'email'],
    ['PersonEmail', 'email'],
    ['Correo electrónico', 'email'],
    ['メールアドレス', 'email'],
    ['Phone_SHA256', 'phone'],
    ['Default Address Phone', 'phone'],
    ['Mobile Phone Number', 'phone'],
    ['Téléphone', 'phone'],
    ['Handynummer', 'phone'],
    ['手机号', 'phone'],
    ['MAID', 'maid'],
    ['MAID_MD5', 'maid'],
    ['maid_sha256', 'maid'],
    ['madid', 'maid'],
    ['Mobile Device ID', 'maid'],
    ['IDFA', 'maid'],
    ['gaid_md5', 'maid'],
  ])('%s says %s', (header, identifier) => {
    expect(recogniseHeader(header)).toMatchObject({ identifier, aside: false });
  });

  it.each(['Accepts Email Marketing', 'Email opt-in', 'Phone verified', 'email_status', 'Owner e-mail'])(
    '%s is not the identifier itself',
    (header) => {
      expect(recogniseHeader(header)).toMatchObject({ exact: false, aside: true });
      expect(isAboutSomethingElse(header)).toBe(true);
    },
  );

  it.each(['Name', 'City', 'Total spent', 'Order ID', '', '1', '-'])('%s says nothing', (header) => {
    expect(recogniseHeader(header)).toBeNull();
  });

  it.each(['anna@example.com', '+1 201 555 0100', '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25', 'a＠b', '٠١٢٣٤٥٦'])(
    '%s looks like a value',
    (text) => {
      expect(looksLikeValue(text)).toBe(true);
    },
  );

  it('does not take usual headers for values', () => {
    for (const header of ['Email_SHA256', 'maid_md5', 'Address 2', 'custom_2024'])
      expect(looksLikeValue(header)).toBe(false);
  });
});
