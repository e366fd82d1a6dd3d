import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InspectOptions, inspectFile } from '../../src/customer-file/inspect-file.js';
import { maskValue } from '../../src/customer-file/mask-value.js';
import { activate, localUpload } from './local-upload.js';

async function inspect(content: string | Uint8Array, options: Partial<InspectOptions> = {}) {
  const bytes = await localUpload(content);
  return inspectFile(bytes, bytes.length, { normalization: 'brief-2024', ...options });
}

const HASH = createHash('sha256').update('annaadler@example.com').digest('hex');
const MAID = '5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25';

describe('how a file is written', () => {
  it.each([',', ';', '\t', '|'] as const)('is found for the delimiter %j', async (delimiter) => {
    const { dialect } = await inspect(
      ['Name', 'Email', 'City'].join(delimiter) +
        `\n${['Anna', 'anna@example.com', 'Oslo'].join(delimiter)}\n`,
    );
    expect(dialect).toMatchObject({ delimiter, header: true, firstRowLine: 2, encoding: 'utf-8' });
  });

  it('takes commas inside of values for no delimiter', async () => {
    const { dialect, columns } = await inspect(
      'Email;Note\nanna@example.com;a, b\nben@example.com;c\ncarla@example.com;d, e, f\n',
    );
    expect(dialect.delimiter).toBe(';');
    expect(columns).toHaveLength(2);
  });

  it.each<[string, string, readonly string[], string]>([
    ['commas in each address', ';', ['Email;Adresse'], 'jane@example.com;Weg 5, 10115 Berlin, Deutschland'],
    ['semicolons in each note', ',', ['Email,Note'], 'jane@example.com,a;b;c'],
    ['as many commas in names', '\t', [], 'Doe, Jane\tjane@example.com'],
    ['as many semicolons', '|', [], 'a;b|jane@example.com'],
  ])('is found beside %s', async (_, delimiter, header, row) => {
    const lines = [...header, ...Array<string>(20).fill(row), ''].join('\n');
    expect((await inspect(lines)).dialect.delimiter).toBe(delimiter);
    expect((await inspect(`\n${delimiter}\n${lines}`)).dialect.delimiter).toBe(delimiter);
  });

  it('skips a byte order mark, a sep= line and blank lines above the header', async () => {
    const content = '\ufeffsep=;\r\n\r\nEmail;City\r\nanna@example.com;Oslo\r\n';
    const { dialect, sample } = await inspect(content);
    const firstRowOffset = Buffer.byteLength(content.slice(0, content.indexOf('anna')));
    expect(dialect).toEqual({
      encoding: 'utf-8',
      delimiter: ';',
      header: true,
      firstRowOffset,
      firstRowLine: 4,
    });
    expect(sample.rows).toBe(1);
  });

  it('is Windows-1252 where the bytes are no UTF-8', async () => {
    const { dialect, columns } = await inspect(
      Buffer.from('Téléphone;Prénom\n+442071838750;Zoë\n', 'latin1'),
    );
    expect(dialect.encoding).toBe('windows-1252');
    expect(columns[0]).toMatchObject({ header: 'Téléphone', proposal: { identifier: 'phone' } });
  });

  it.each<[string, Buffer]>([
    ['with a byte order mark', Buffer.from('\ufeffEmail,Prénom\na@example.com,Zo\0\n')],
    [
      'whose header and other rows are sound',
      Buffer.from('Email,Prénom\na@example.com,Zo\0\nb@example.com,Zoë\n'),
    ],
    [
      'with the damage of another program',
      Buffer.from('Email,Pr\ufffdnom\na@example.com,Zo\0\nb@example.com,Zo\ufffd\n'),
    ],
  ])('stays UTF-8 with a byte that is none, in a file %s', async (_, bytes) => {
    bytes[bytes.indexOf(0)] = 0xe9;
    const { dialect, columns } = await inspect(bytes);
    expect(dialect.encoding).toBe('utf-8');
    expect(columns[1]?.header).toMatch(/^Pr[é\ufffd]nom$/);
  });

  it('is Windows-1252 also where two of its bytes make a character of UTF-8', async () => {
    const content = 'Email,Prénom\na@example.com,René\nb@example.com,Â£\n';
    expect((await inspect(Buffer.from(content, 'latin1'))).dialect.encoding).toBe('windows-1252');
  });

  it('looks at the first 256 KB of a long file and stops between two rows', async () => {
    const { sample } = await inspect(`Email\n${'anna@example.com\n'.repeat(60_000)}`);
    expect(sample.complete).toBe(false);
    expect(sample.rows).toBe(Math.floor((256 * 1024 - 6) / 17));
    expect(sample.ledger?.rowsSent).toBe(sample.rows);
  });
});

describe('a header', () => {
  it('is none where the first line is an address, a hash, a number or an id', async () => {
    for (const first of ['anna@example.com', HASH, '+12015550100', MAID]) {
      const { dialect, sample } = await inspect(
        `${first}\nben@example.com\ncarla@example.com\ndavid@example.com\n`,
      );
      expect(dialect).toMatchObject({ header: false, firstRowOffset: 0, firstRowLine: 1 });
      expect(sample.rows).toBe(4);
    }
  });

  it('can be a word that nobody foresaw, above addresses', async () => {
    const { dialect, columns } = await inspect('Kontaktdaten\nanna@example.com\nben@example.com\n');
    expect(dialect.header).toBe(true);
    expect(columns[0]).toMatchObject({
      header: 'Kontaktdaten',
      proposal: { identifier: 'email', certainty: 'likely' },
    });
  });

  it.each(['Marketing_Cloud_Connector_Last_Sync_Date__c', 'Marketing_Cloud_Connector_Last_Sync_Dat2__c'])(
    'can have a name in it that is as long as a hash: %s',
    async (name) => {
      const { dialect, columns, sample } = await inspect(
        `email,phone,${name}\nanna@example.com,+12015550100,2024-01-31T00:00:00Z\n`,
      );
      expect(dialect.header).toBe(true);
      expect(columns.map(({ header }) => header)).toEqual(['email', 'phone', name]);
      expect(sample.rows).toBe(1);
    },
  );

  it.each(['2023-2024', '20232024', '4915112345678', '4.91512E+11'])(
    'can have a name in it that looks like a number, and does not tell it: %s',
    async (name) => {
      const inspection = await inspect(`email,phone,${name}\nanna@example.com,+12015550100,yes\n`);
      expect(inspection.dialect.header).toBe(true);
      expect(inspection.sample.rows).toBe(1);
      expect(inspection.columns[2]).toMatchObject({ name: 'column 3', header: null });
      expect(JSON.stringify(inspection)).not.toContain(name);
    },
  );

  it.each([
    ['beside an address', 'email,anna@example.com,2023-2024\nben,ben@example.com,yes\n'],
    ['beside no name of an identifier', '2015550100,Oslo\n2025550101,Rome\n'],
    ['above nothing', 'Jane,2015550199,,mobile\nJoan,,2025550101,home\n'],
    ['above other numbers', '2015550100,mobile\n2025550101,home\n+12035550102,home\n'],
  ])('is none where a number stands %s', async (_, content) => {
    expect((await inspect(content)).dialect.header).toBe(false);
  });

  it.each([
    ['an address with two signs', 'Anna,anna@@example.com\nBen,ben@example.com\n'],
    ['two addresses', 'anna@example.com; a@example.com\nben@example.com\n'],
    ['a number with a word', 'Anna,+49 151 12345678 privat\nBen,+49 151 22345678\n'],
    ['a national number with a word', 'Anna,0151 12345678 privat\nBen,0151 22345678\n'],
  ])('is none where the first customer is written badly: %s', async (_, content) => {
    const { dialect, sample } = await inspect(content);
    expect(dialect.header).toBe(false);
    expect(sample.rows).toBe(2);
  });

  it.each([
    ['a date above dates', 'Email,Stand 31.12.2024\nanna@example.com,2024-01-15\n'],
    ['a date above addresses', 'Kunde;E-Mail (Stand 31.12.2024)\nAnna;anna@example.com\n'],
    ['an address', 'Customer,Email (name@example.com),News\nAnna,anna@example.com,yes\n'],
    ['a number', 'Timestamp,Phone number (e.g. +6591234567)\n2024-01-15,+6591234567\n'],
  ])('can have an example in it: %s', async (_, content) => {
    const { dialect } = await inspect(content);
    expect(dialect.header).toBe(true);
  });

  it('is called by its number where it looks like a value', async () => {
    const { columns } = await inspect('Email,Liste 20240131,Note\nanna@example.com,x,y\n');
    expect(columns[1]).toMatchObject({ name: 'column 2', header: null });
    const headless = await inspect('anna@example.com,Oslo\nben@example.com,Oslo\n');
    expect(headless.columns.map(({ name }) => name)).toEqual(['column 1', 'column 2']);
  });
});

describe('what a column is proposed as', () => {
  const proposals = async (content: string) =>
    (await inspect(content)).columns.map(({ proposal }) => proposal);

  it('is certain where header and values agree', async () => {
    const [email, phone, maid] = await proposals(`email_SHA256,Mobile,IDFA\n${HASH},+12015550100,${MAID}\n`);
    expect(email).toMatchObject({ identifier: 'email', certainty: 'certain' });
    expect(phone).toMatchObject({ identifier: 'phone', certainty: 'certain' });
    expect(maid).toMatchObject({ identifier: 'maid', certainty: 'certain' });
  });

  it('is certain for numbers with the decimals of a spreadsheet', async () => {
    const [phone] = await proposals('Telefon;Name\n4915112345678,00;Anna\n4.915.112.345.679,00;Ben\n');
    expect(phone).toMatchObject({ identifier: 'phone', certainty: 'certain' });
  });

  it('is an e-mail for a headerless mix of addresses and hashes', async () => {
    expect(await proposals(`${HASH}\nanna@example.com\n${HASH}\n`)).toMatchObject([
      { identifier: 'email', certainty: 'likely' },
    ]);
  });

  it('is doubtful for hashes that nothing says the meaning of', async () => {
    expect(await proposals(`${HASH}\n${HASH.toUpperCase()}\n`)).toMatchObject([{ certainty: 'doubtful' }]);
  });

  it('is doubtful for numbers without a country code, and says what to do', async () => {
    const [, phone] = await proposals(
      'Email,Phone\na@example.com,(201) 555-0100\nb@example.com,(202) 555-0101\n',
    );
    expect(phone).toMatchObject({
      certainty: 'doubtful',
      reason: expect.stringContaining('default country'),
    });
  });

  it('is doubtful for the addresses of other people, and for ids of unknown kind', async () => {
    const [email, owner, id] = await proposals(
      `Email,Account owner,Customer\na@example.com,rep@example.com,${MAID}\nb@example.com,rep@example.com,${MAID}\n`,
    );
    expect(email).toMatchObject({ certainty: 'certain' });
    expect(owner).toMatchObject({ certainty: 'doubtful' });
    expect(id).toMatchObject({ identifier: 'maid', certainty: 'doubtful' });
  });

  it('is nothing for a column that is merely about the identifier', async () => {
    const [, consent, status] = await proposals(
      'Email,Accepts Email Marketing,Phone status\na@example.com,yes,valid\n',
    );
    expect(consent).toBeNull();
    expect(status).toBeNull();
  });

  it('is doubtful where the header lies', async () => {
    expect(await proposals('Email,City\nAnna Adler,Oslo\nBen Baker,Lyon\n')).toMatchObject([
      { certainty: 'doubtful' },
      null,
    ]);
  });

  it('is doubtful for MD5 hashes of e-mails', async () => {
    const md5 = createHash('md5').update('annaadler@example.com').digest('hex');
    const [email] = await proposals(`email_md5\n${md5}\n`);
    expect(email).toMatchObject({ certainty: 'doubtful', reason: expect.stringContaining('SHA-256') });
  });
});

describe('the cells of a column', () => {
  it('are empty where a row lacks them', async () => {
    const { columns } = await inspect(
      'Email,Phone\na@example.com,+12015550100\nb@example.com\nc@example.com,,x\n',
    );
    expect(columns.map(({ counts }) => [counts.plain, counts.empty])).toEqual([
      [3, 0],
      [1, 2],
      [1, 2],
    ]);
  });

  it('are text where they are longer than any value', async () => {
    const { columns } = await inspect(
      `Email\n${'x'.repeat(5_000)}@example.com\n<${'@'.repeat(200_000)}\na@example.com\n`,
    );
    expect(columns[0]).toMatchObject({
      proposal: { certainty: 'doubtful', reason: expect.stringContaining('1 of 3') },
      problems: { invalid_email: 2 },
    });
  });
});

describe('a telephone number that can be sent', () => {
  it.each([
    ['(+49) 151 12345678', '(+49) 151 22345678'],
    ['+(49) 151 12345678', '+(49) 151 22345678'],
    ['+49 151\u201312345678', '+49 151\u201322345678'],
    ['+49\u2212151\u221212345678', '+49\u2212151\u221222345678'],
    ['+49\u00b7151\u00b712345678', '+49\u00b7151\u00b722345678'],
    ['=+4915112345678', '=+4915122345678'],
    ['＋４９１５１１２３４５６７８', '＋４９１５１２２３４５６７８'],
    ['+1 201 555 0100 ext. 12', '+1 202 555 0101 ext. 7'],
    ['+1 201-555-0100 x123', '+1 202-555-0101 x1'],
    ['+12015550100;ext=123', '+12025550101;ext=1'],
    ['+44 7700 900123 #12', '+44 7700 900124 #1'],
  ])('is one for the proposal as well, and no name of a column: %s', async (first, second) => {
    const headless = await inspect(`Anna,"${first}"\nBen,"${second}"\n`);
    expect(headless.dialect.header).toBe(false);
    expect(headless.sample.rows).toBe(2);
    const named = await inspect(`Name,Phone\nAnna,"${first}"\nBen,"${second}"\n`);
    expect(named.columns[1]?.proposal).toMatchObject({
      identifier: 'phone',
      certainty: 'certain',
      reason: expect.stringContaining('2 of 2'),
    });
  });
});

describe('a column that looks like a consent', () => {
  const consents = async (content: string) =>
    (await inspect(content)).columns.flatMap(({ name, consent }) =>
      consent === null
        ? []
        : [[name, Object.fromEntries(consent.values.map(({ value, rows }) => [value, rows]))]],
    );
  const file = (header: string, values: readonly string[]) =>
    `Email,${header}\n${values.map((value, n) => `p${n}@example.com,${value}`).join('\n')}\n`;

  it.each<[string, readonly string[], Readonly<Record<string, number>>]>([
    ['Accepts Email Marketing', ['yes', 'no', 'Yes', ' YES '], { yes: 3, no: 1 }],
    ['acceptsMarketing', ['true', 'false', ''], { true: 1, false: 1 }],
    ['opt_in', ['1', '0', '1'], { '1': 2, '0': 1 }],
    ['HasOptedOutOfEmail', ['FALSE', 'TRUE'], { false: 1, true: 1 }],
    ['Email Marketing Consent', ['SUBSCRIBED', 'NEVER_SUBSCRIBED'], { subscribed: 1, never_subscribed: 1 }],
    [
      'Marketing contact status',
      ['Marketing contact', 'Non-marketing contact'],
      { 'marketing contact': 1, 'non-marketing contact': 1 },
    ],
    ['Einwilligung Newsletter', ['ja', 'nein'], { ja: 1, nein: 1 }],
    ['Consentement e-mail', ['Oui', 'Non'], { oui: 1, non: 1 }],
    ['メール同意', ['はい', 'いいえ'], { はい: 1, いいえ: 1 }],
  ])('%s is shown with its answers and how often they are given', async (header, values, answers) => {
    expect(await consents(file(header, values))).toEqual([[header, answers]]);
  });

  it.each([
    ['Tax exempt', ['yes', 'no']],
    ['Accepts Email Marketing', ['yes', 'ask Anna Adler']],
    ['Marketing', ['', '']],
    ['Newsletter', ['anna@example.com', 'yes']],
    ['Subscribed at', ['2024-01-31', 'no']],
  ])('%s with the values %j is not', async (header, values) => {
    expect(await consents(file(header, values))).toEqual([]);
  });

  it('shows no word that is not in the list, so that it can never be a value of a person', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z]{6,12}$/), async (canary) => {
        fc.pre(!['accepted', 'declined', 'rejected', 'withdrawn', 'inactive'].includes(canary.toLowerCase()));
        const shown = await consents(file('Consent', ['yes', `${canary}zq`, 'no']));
        expect(shown).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives the values that a filter takes as they are', async () => {
    const content = file('Opt-in', ['Yes ', 'no', 'YES']);
    const { columns } = await inspect(content);
    const [answer] = columns[1]?.consent?.values ?? [];
    const [part] = await activate(content, {
      include: [{ column: 'Opt-in', values: [answer?.value ?? ''] }],
    });
    expect(part?.ledger).toMatchObject({ rowsSent: answer?.rows, rowsExcluded: 1 });
  });
});

describe('the prediction', () => {
  it('is exact for a file that was read whole', async () => {
    const content = `Email\n${Array.from({ length: 100 }, (_, n) => `p${n}@example.com\n`).join('')}`;
    const partBytes = 2_000;
    expect((await inspect(content, { partBytes })).predicted).toEqual({
      rows: 100,
      parts: (await activate(content, { partBytes })).length,
    });
  });

  it('of a long file comes from its size and its first rows', async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, n) => `person${String(n).padStart(5, '0')}@example.com,Oslo\n`,
    );
    const { predicted } = await inspect(`Email,City\n${rows.join('')}`, { partBytes: 1_000_000 });
    expect((predicted?.rows ?? 0) / rows.length).toBeCloseTo(1, 1);
    expect(predicted?.parts).toBe(4);
  });

  it('says when TikTok would not take as much, and nothing while no column is chosen', async () => {
    const bytes = await localUpload('Email\nanna@example.com\nben@example.com\n');
    const endless = await inspectFile(bytes, 50_000_000_000_000, { normalization: 'brief-2024' });
    expect(endless.predicted?.parts).toBeNull();
    expect((await inspect('City\nOslo\nRome\n')).predicted).toBeNull();
  });
});

describe('the preview', () => {
  it('shows masked samples on their way to the hash, and counts the problems', async () => {
    const { columns, firstRows, sample } = await inspect(
      'Name,Email\nAnna,Anna.Adler+News@Example.com\nBen,nobody\nCarla,\n\n',
    );
    expect(columns[1]?.samples).toEqual([
      { before: 'A***.A***+N***@E***.c***', after: 'a***@e***.c***', sha256: HASH },
    ]);
    expect(columns[1]?.problems).toEqual({ no_at_sign: 1 });
    expect(firstRows).toEqual([
      ['A***', 'A***.A***+N***@E***.c***'],
      ['B***', 'n***'],
      ['C***', ''],
    ]);
    expect(sample.ledger).toMatchObject({ rowsRead: 4, rowsSent: 1, rowsRejected: 2, rowsBlank: 1 });
  });

  it('is made with the columns and the profile that are asked for', async () => {
    const content = 'Name,Email,Phone\nAnna,anna.b@example.com,(201) 555-0100\n';
    const { chosen, columns } = await inspect(content, {
      normalization: 'tiktok-2025-09',
      columns: { '2': { identifier: 'phone', defaultCountry: 'US' } },
    });
    expect(chosen).toEqual([{ index: 2, identifier: 'phone', defaultCountry: 'US' }]);
    expect(columns[1]?.samples[0]?.after).toBe('a***.*@e***.c***');
    expect(columns[2]?.samples[0]?.sha256).toBe(createHash('sha256').update('+12015550100').digest('hex'));
  });

  it('never holds a value in full', async () => {
    const word = fc.stringMatching(/^[a-z]{4,10}$/);
    const row = fc.record({
      first: word,
      last: word,
      city: word,
      digits: fc.integer({ min: 100, max: 999 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
        const values = rows.flatMap(({ first, last, city, digits }) => [
          `${first}.${last}@example.com`,
          `+12015550${digits}`,
          createHash('sha256').update(first).digest('hex'),
          `${city}-${digits}`,
        ]);
        const lines = rows.map((_, index) => values.slice(index * 4, index * 4 + 4).join(','));
        const shown = JSON.stringify(await inspect(lines.join('\n')));
        for (const value of values) expect(shown).not.toContain(value);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves of every word its first character at most', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{L}\p{N}]{3,20}$/u), (word) => {
        expect(maskValue(word)).toBe(`${[...word][0]}***`);
      }),
    );
    expect(maskValue('ab c')).toBe('* *');
  });
});

describe('the warning of too few people', () => {
  const list = (count: number) => Array.from({ length: count }, (_, n) => `p${n}@example.com\n`).join('');

  it('is given for less than 1,000 different people, before anything is sent', async () => {
    const { warnings } = await inspect(`Email\n${list(999)}${list(500)}`);
    expect(warnings).toMatchObject([{ code: 'few_people', detail: expect.stringContaining('999') }]);
  });

  it('is not given for 1,000, for the beginning of a long file, and while no column is chosen', async () => {
    expect((await inspect(`Email\n${list(1_000)}`)).warnings).toEqual([]);
    const wide = list(3_000).replaceAll('\n', `,${'x'.repeat(2_000)}\n`);
    expect((await inspect(`Email,Note\n${wide}`)).warnings).toEqual([]);
    expect((await inspect('City\nOslo\nRome\n')).warnings).toEqual([]);
  });
});
