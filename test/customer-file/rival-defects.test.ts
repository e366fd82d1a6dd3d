import { describe, expect, it } from 'vitest';
import { sha256 } from './brief-oracle.js';
import { activate, type ReadPart, type Wishes } from './local-upload.js';

// What goes wrong in other uploaders of customer files, each by its number in the list of what was found.

const MAID = '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25';
const EMAIL_HASH = sha256('anna@example.com');
const PHONE_HASH = sha256('+12015550100');
const MAID_HASH = sha256(MAID);

async function onlyPart(content: string, wishes: Wishes = {}): Promise<ReadPart> {
  const [part, ...others] = await activate(content, wishes);
  if (part === undefined || others.length > 0) throw new Error('one part was expected');
  return part;
}

const linesOf = (part: ReadPart) => part.text.trimEnd().split('\n');

describe('a defect of other uploaders that is impossible here', () => {
  it('D1: a row with nothing but a phone number is sent, not skipped', async () => {
    const part = await onlyPart('Email,Phone\nanna@example.com,\n,+12015550100\n');
    expect(linesOf(part)).toEqual(['email_SHA256,phone_SHA256', `${EMAIL_HASH},`, `,${PHONE_HASH}`]);
    expect(part.ledger.rowsSent).toBe(2);
  });

  it('D2: a phone number is hashed in one spelling, not as it was typed', async () => {
    const spellings = ['+1 (201) 555-0100', '+12015550100', '001 201 555 0100', "'+1.201.555.0100"];
    const part = await onlyPart(`Phone\n${spellings.join('\n')}\n`);
    expect(new Set(linesOf(part))).toEqual(new Set([PHONE_HASH]));
  });

  it('D4: the first row does not decide what the others are read for', async () => {
    const part = await onlyPart(
      `Email,Phone,MAID\nanna@example.com,,\n,+12015550100,\n,,${MAID}\nanna@example.com,+12015550100,${MAID}\n`,
    );
    expect(linesOf(part).slice(1)).toEqual([
      `${EMAIL_HASH},,`,
      `,${PHONE_HASH},`,
      `,,${MAID_HASH}`,
      `${EMAIL_HASH},${PHONE_HASH},${MAID_HASH}`,
    ]);
  });

  it('D5: hashes in upper case become lower case, and no rule for plain values touches a hash', async () => {
    const upper = [EMAIL_HASH, PHONE_HASH, MAID_HASH].map((hash) => hash.toUpperCase());
    const part = await onlyPart(`email_sha256,phone_sha256,maid_sha256\n${upper.join(',')}\n`);
    expect(linesOf(part)[1]).toBe(`${EMAIL_HASH},${PHONE_HASH},${MAID_HASH}`);
    // A hash is one only if it is the whole value.
    const address = `${EMAIL_HASH}.x+y@example.com`;
    expect(linesOf(await onlyPart(`Email\n${address}\n`))[0]).toBe(sha256(`${EMAIL_HASH}x@example.com`));
  });

  it('D6: a value never moves into the column of another identifier, whatever cells are empty or refused', async () => {
    const cells = ['', 'nobody', 'anna@example.com'];
    const phones = ['', '12', '+12015550100'];
    const maids = ['', 'x', MAID];
    const rows = cells.flatMap((email) =>
      phones.flatMap((phone) => maids.map((maid) => [maid, email, 'Oslo', phone])),
    );
    const part = await onlyPart(
      `MAID,Email,City,Phone\n${rows.map((row) => row.join(',')).join('\n')}\n${`${MAID},anna@example.com,Oslo,+12015550100\n`.repeat(20)}`,
    );
    const [header, ...lines] = linesOf(part);
    expect(header).toBe('MAID_SHA256,email_SHA256,phone_SHA256');
    for (const line of lines) {
      const [maid, email, phone, ...more] = line.split(',');
      expect(more).toEqual([]);
      expect(['', MAID_HASH]).toContain(maid);
      expect(['', EMAIL_HASH]).toContain(email);
      expect(['', PHONE_HASH]).toContain(phone);
    }
  });

  it('D7: values are normalised before they are hashed, and never with MD5 unless MAIDs came so', async () => {
    const part = await onlyPart(
      'Emial,Phone\n ANNA@Example.com ,+1 201 555 0100\nAnna@example.com,+12015550100\n',
    );
    expect(linesOf(part).slice(1)).toEqual([`${EMAIL_HASH},${PHONE_HASH}`, `${EMAIL_HASH},${PHONE_HASH}`]);
  });

  it('D8: plain and hashed values may stand in one column', async () => {
    const part = await onlyPart(`Email\nanna@example.com\n${EMAIL_HASH}\n${EMAIL_HASH.toUpperCase()}\n`);
    expect(linesOf(part)).toEqual([EMAIL_HASH, EMAIL_HASH, EMAIL_HASH]);
    expect(part.ledger.identifiers.email).toMatchObject({ sent: 3, prehashed: 2 });
  });

  it('D9, D10: every row has one outcome, and the outcomes add up', async () => {
    const part = await onlyPart('Email\nanna@example.com\nnobody\n\nben@example.com\n,\n');
    const { rowsRead, rowsSent, rowsRejected, rowsExcluded, rowsBlank } = part.ledger;
    expect(rowsSent + rowsRejected + rowsExcluded + rowsBlank).toBe(rowsRead);
    expect(part.ledger).toMatchObject({ rowsRead: 5, rowsSent: 2, rowsRejected: 2, rowsBlank: 1 });
    expect(
      part.rejected
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['3', '6']);
  });

  it('D11: a value that cannot be used is never hashed as an empty text', async () => {
    const cells = [
      '',
      ' ',
      '""',
      '@',
      '+',
      '.',
      '\u200b',
      '" "',
      "'",
      '=""',
      'mailto:',
      '<>',
      '-',
      '()',
      '0',
    ];
    const rows = cells.map((cell) => `anna@example.com,${cell},${cell},${cell}`).join('\n');
    const part = await onlyPart(
      `Email,Email 2,Phone,MAID\nanna@example.com,anna@example.com,+12015550100,${MAID}\n${rows}\n`,
      { columns: { '0': 'email', '1': 'email', '2': 'phone', '3': 'maid' } },
    );
    const nothing = ['', ' ', '@', '+'].map(sha256);
    for (const line of linesOf(part)) for (const hash of nothing) expect(line).not.toContain(hash);
    expect(part.text).not.toContain('e3b0c442');
    expect(part.ledger.identifiers.phone?.sent).toBe(1);
    expect(part.ledger.identifiers.email?.sent).toBe(cells.length + 2);
  });

  it('D12: no row beyond some number is dropped', async () => {
    const rows = Array.from({ length: 50_010 }, (_, n) => `p${n}@example.com`);
    const parts = await activate(`Email\n${rows.join('\n')}\n`, { partBytes: 1_000_000 });
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.reduce((sum, { ledger }) => sum + ledger.rowsSent, 0)).toBe(50_010);
    expect(parts.flatMap(linesOf)).toEqual(rows.map(sha256));
  });

  it('D16: hashes of the wrong length and malformed ids are refused, not sent', async () => {
    const part = await onlyPart(
      `email_sha256,maid\n${EMAIL_HASH},${MAID}\n${EMAIL_HASH.slice(0, 15)},5f3a2b18-9c4d-4e7f-b8e2\n${EMAIL_HASH.slice(0, 32)},\n`,
    );
    expect(part.ledger).toMatchObject({ rowsSent: 1, rowsRejected: 2 });
  });
});
